// The page: albums with their pictures, what is sent into them, and who sees them.

import { ask, isSignedIn, signIn, signOut, signUp } from "/account.js";

const ALBUMS = `query {
  me { id name }
  albums(orderBy: [{ title: ASC }, { id: ASC }]) {
    id title isShared ownerId owner { name }
    photos(orderBy: [{ addedAt: ASC }, { id: ASC }]) { id caption picture { url } }
  }
}`;
const UPLOAD = `mutation ($name: String!, $type: String!, $size: Float!) {
  createUpload(into: "photos.picture", name: $name, type: $type, size: $size) { id url method type }
}`;
const ADD = `mutation ($album: UUID!, $file: UUID!, $caption: String!) {
  insertPhoto(object: { albumId: $album, pictureId: $file, caption: $caption }) { id }
}`;
const SHARE = "mutation ($id: UUID!, $shared: Boolean!) { updateAlbum(pkColumns: { id: $id }, _set: { isShared: $shared }) { id } }";

const at = (id) => document.getElementById(id);

/** Sends one file, and tells between 0 and 1 how much of it has gone; the file's id. */
async function send(picked, told) {
  const { createUpload } = await ask(UPLOAD, { name: picked.name, type: picked.type, size: picked.size });
  await new Promise((done, failed) => {
    const request = new XMLHttpRequest(); // fetch does not tell how much has gone
    request.upload.onprogress = ({ loaded, total }) => told(loaded / total);
    request.onload = () =>
      request.status === 200 ? done() : failed(new Error(JSON.parse(request.responseText).errors[0].message));
    request.onerror = () => failed(new Error("The server cannot be reached."));
    request.open(createUpload.method, createUpload.url);
    request.setRequestHeader("content-type", createUpload.type);
    request.send(picked);
  });
  return createUpload.id;
}

const inSize = (url, size) => `${url}${url.includes("?") ? "&" : "?"}size=${size}`;

async function show() {
  at("sign-in").hidden = isSignedIn();
  at("mine").hidden = at("sign-out").hidden = !isSignedIn();
  if (!isSignedIn()) {
    at("me").textContent = "";
    at("albums").replaceChildren();
    return;
  }
  const { me, albums } = await ask(ALBUMS);
  at("me").textContent = me.name ?? "";
  at("albums").replaceChildren(...albums.map((each) => shownAlbum(each, me)));
}

function shownAlbum(album, me) {
  const made = at("album").content.cloneNode(true).firstElementChild;
  made.dataset.id = album.id;
  made.querySelector("h2").textContent = album.title;
  const isOwn = album.ownerId === me.id;
  made.querySelector(".own").hidden = !isOwn;
  made.querySelector(".of").textContent = isOwn ? "" : `of ${album.owner?.name ?? "somebody"}`;
  const [shared, files] = made.querySelectorAll("input");
  shared.checked = album.isShared;
  shared.onchange = () => attempt(() => ask(SHARE, { id: album.id, shared: shared.checked }));
  files.onchange = () => attempt(() => addAll([...files.files], album, made.querySelector("progress")));
  made.querySelector("ul").replaceChildren(...album.photos.map((each) => shownPhoto(each, isOwn)));
  return made;
}

function shownPhoto(photo, isOwn) {
  const made = document.createElement("li");
  const picture = document.createElement("img");
  picture.alt = photo.caption;
  picture.src = inSize(photo.picture.url, "small");
  const link = document.createElement("a");
  link.href = photo.picture.url;
  link.append(picture);
  made.append(link);
  if (isOwn) {
    const remove = document.createElement("button");
    remove.className = "quiet";
    remove.textContent = `Delete ${photo.caption}`;
    remove.onclick = () => attempt(() => ask("mutation ($id: UUID!) { deletePhoto(id: $id) { id } }", { id: photo.id }));
    made.append(remove);
  }
  return made;
}

async function addAll(picked, album, progress) {
  progress.hidden = false;
  for (const [index, file] of picked.entries()) {
    const id = await send(file, (part) => (progress.value = (index + part) / picked.length));
    await ask(ADD, { album: album.id, file: id, caption: file.name });
  }
}

/** Does something, shows what is then so, and says what went wrong. */
async function attempt(work) {
  at("problem").textContent = "";
  try {
    await work();
  } catch (error) {
    at("problem").textContent = error.message;
  }
  try {
    await show();
  } catch (error) {
    at("problem").textContent ||= error.message;
  }
  document.body.dataset.shown = Number(document.body.dataset.shown ?? 0) + 1;
}

at("sign-in").onsubmit = (event) => {
  event.preventDefault();
  const [name, email, password] = ["name", "email", "password"].map((id) => at(id).value);
  const isNew = event.submitter?.value === "up";
  attempt(() => (isNew ? signUp(name || email, email, password) : signIn(email, password)));
};
at("open").onsubmit = (event) => {
  event.preventDefault();
  attempt(() => ask("mutation ($title: String!) { insertAlbum(object: { title: $title }) { id } }", { title: at("title").value }));
  event.target.reset();
};
at("sign-out").onclick = () => attempt(signOut);

attempt(async () => {});
