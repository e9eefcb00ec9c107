// What is the page: rooms, the room at the address, and forms. Everything shown is what subscriptions last said.

import { Live } from "/live.js";

const ROOMS = `subscription Rooms { rooms(orderBy: { title: ASC }, limit: 200) { id title } }`;
const PEOPLE = `subscription People { users(orderBy: { name: ASC }, limit: 500) { id name } }`;
const ROOM = `subscription Room($room: UUID!) {
  room(id: $room) {
    title
    openedById
    members(orderBy: { user: { name: ASC } }) { user { id name } }
    messages(orderBy: [{ sentAt: DESC }, { id: DESC }], limit: 100) { id body sentAt author { id name } }
  }
}`;
const HERE = `subscription Here($room: UUID!) { roomPresence(roomId: $room, me: { status: "here" }) { userId typing } }`;
const TYPING = `mutation Typing($room: UUID!, $typing: Boolean!) { updateRoomPresence(roomId: $room, me: { typing: $typing }) }`;
const SAY = `mutation Say($room: UUID!, $body: String!) { insertMessage(object: { roomId: $room, body: $body }) { id } }`;
const OPEN = `mutation Open($title: String!, $me: UUID!) {
  insertRoom(object: { title: $title, members: { data: [{ userId: $me }] } }) { id }
}`;
const LET_IN = `mutation LetIn($room: UUID!, $user: UUID!) { insertMember(object: { roomId: $room, userId: $user }) { since } }`;

const $ = (id) => document.getElementById(id);
const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

let token; // of this tab alone, so that two tabs can be two people
let me; // the id in the token
let live;
let people = [];
let shown; // the room at the address: { id, room, here, end }

// ---- who ---------------------------------------------------------------------------------------------

function signIn(text) {
  try {
    me = JSON.parse(atob(text.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).sub;
  } catch {
    return signOut("This is no token.");
  }
  token = text;
  sessionStorage.setItem("token", token);
  $("sign-in").hidden = true;
  $("chat").hidden = false;
  live = new Live(token, show);
  live.subscribe(ROOMS, {}, ({ rooms }) => showRooms(rooms), complain);
  live.subscribe(PEOPLE, {}, ({ users }) => showPeople(users), complain);
  enter(roomOfAddress());
}

function signOut(why = "") {
  live?.close();
  sessionStorage.removeItem("token");
  live = shown = undefined;
  $("chat").hidden = true;
  $("sign-in").hidden = false;
  $("sign-in-problem").textContent = why;
  $("token").value = "";
  $("token").focus();
}

function show(state) {
  $("state").textContent = $("state").dataset.state = state;
  if (state === "refused") signOut("The server does not take this token, or no longer.");
}

// ---- rooms -------------------------------------------------------------------------------------------

function showPeople(users) {
  people = users;
  $("me").textContent = people.find(({ id }) => id === me)?.name ?? "";
  showGuests();
}

function showRooms(rooms) {
  $("no-rooms").hidden = rooms.length > 0;
  keep($("rooms"), rooms, roomItem, (item, { id, title }) => {
    item.firstChild.textContent = title;
    item.firstChild.ariaCurrent = id === shown?.id ? "page" : null;
  });
  if (!shown && rooms.length > 0) enter(rooms[0].id, { replace: true });
}

function roomItem({ id }) {
  const link = element("a", { href: `/rooms/${id}` });
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // another tab
    event.preventDefault();
    enter(id);
  });
  return element("li", {}, link);
}

function roomOfAddress() {
  return location.pathname.match(/^\/rooms\/([\w-]+)$/)?.[1];
}

/** Shows another room: ends the subscription to the one before, and begins one to this. */
function enter(id, { replace = false } = {}) {
  if (id === shown?.id) return;
  shown?.end();
  shown = undefined;
  $("room").hidden = true;
  if (!id) return;
  if (id !== roomOfAddress()) history[replace ? "replaceState" : "pushState"](null, "", `/rooms/${id}`);
  $("lines").firstChild.replaceChildren();
  const [room, here] = [
    live.subscribe(ROOM, { room: id }, ({ room }) => showRoom(room), leave),
    live.subscribe(HERE, { room: id }, ({ roomPresence }) => showHere(roomPresence), () => {}), // ends with the right to the room
  ];
  shown = { id, room: null, here: [], end: () => (room(), here()) };
  for (const link of $("rooms").querySelectorAll("a")) link.ariaCurrent = link.pathname === `/rooms/${id}` ? "page" : null;
}

function leave() {
  shown?.end();
  shown = undefined;
  $("room").hidden = true;
  history.replaceState(null, "", "/");
}

function showRoom(room) {
  if (room === null) return leave(); // it is gone, or we are no longer in it
  const isNew = shown.room === null;
  shown.room = room;
  document.title = `${room.title} · Chat`;
  $("room").hidden = false;
  $("room-title").textContent = room.title;
  showMembers();
  showGuests();
  showLines(room.messages.toReversed());
  if (!isNew) return;
  $("lines").scrollTop = $("guest").selectedIndex = 0;
  if (matchMedia("(hover: hover)").matches) $("body").focus(); // where that brings up no keyboard
}

function showHere(here) {
  shown.here = here;
  showMembers();
}

/** Who is in the room, who of them has it open now, and who writes. */
function showMembers() {
  const members = shown.room?.members.map(({ user }) => user) ?? [];
  const here = new Map(shown.here.map(({ userId, typing }) => [userId, typing]));
  const writing = members.filter(({ id }) => id !== me && here.get(id)).map(({ name }) => name);
  $("typing").textContent = writing.length > 0 ? `${writing.join(", ")} … writing` : "";
  keep($("members"), members, ({ name }) => element("li", {}, name, element("span", { className: "unseen" })), (item, { id }) => {
    item.classList.toggle("here", here.has(id));
    item.lastChild.textContent = here.has(id) ? " (here)" : "";
  });
}

/** Who opened the room may let in everybody who is not there yet. */
function showGuests() {
  if (!shown?.room) return;
  const inside = new Set(shown.room.members.map(({ user }) => user.id));
  const guests = people.filter(({ id }) => !inside.has(id));
  $("let-in").hidden = shown.room.openedById !== me || guests.length === 0;
  keep($("guest"), guests, ({ id }) => element("option", { value: id }), (item, { name }) => (item.textContent = name));
}

function showLines(messages) {
  keep($("lines").firstChild, messages, line, (item, { body }) => (item.querySelector("p").textContent = body));
}

function line({ author, sentAt }) {
  const at = new Date(sentAt);
  const when = at.toDateString() === new Date().toDateString() ? time.format(at) : day.format(at);
  const head = element("small", {}, element("b", {}, author.name), " ", element("time", { dateTime: sentAt }, when));
  return element("li", { className: author.id === me ? "mine" : "" }, head, element("p"));
}

// ---- writing -----------------------------------------------------------------------------------------

/** One request by HTTP. Sent again with the same key after a lost answer, it writes nothing twice. */
async function ask(query, variables, key) {
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
  if (key) headers["Idempotency-Key"] = key;
  const response = await fetch("/graphql", { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  return data;
}

/** Does what a form is for; what it asks shows when the subscriptions tell of it. */
function onSubmit(id, work) {
  $(id).addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.target.querySelector("button");
    button.disabled = true;
    try {
      await work();
      complain([]);
    } catch (error) {
      complain([error instanceof TypeError ? { message: "The server cannot be reached; try again." } : error]);
    } finally {
      button.disabled = false;
    }
  });
}

function complain(problems) {
  $("problem").textContent = problems[0]?.message ?? "";
}

let unsent = {}; // the line that is being sent, until the server has said that it has it

onSubmit("sign-in", () => signIn($("token").value.trim()));
onSubmit("say", async () => {
  const [room, body] = [shown.id, $("body").value];
  if (unsent.room !== room || unsent.body !== body) unsent = { room, body, key: newKey() };
  await ask(SAY, { room, body }, unsent.key);
  unsent = {};
  tellTyping(false);
  if ($("body").value === body) $("body").value = "";
});
onSubmit("open", async () => {
  const { insertRoom } = await ask(OPEN, { title: $("title").value, me });
  $("title").value = "";
  enter(insertRoom.id);
});
onSubmit("let-in", () => ask(LET_IN, { room: shown.id, user: $("guest").value }));
$("sign-out").addEventListener("click", () => signOut());
addEventListener("popstate", () => live && enter(roomOfAddress()));

// The others are told once that somebody writes, and again when nothing was written for a while.
let pause;

function tellTyping(typing) {
  if (shown && typing !== (pause !== undefined)) ask(TYPING, { room: shown.id, typing }).catch(() => {});
  clearTimeout(pause);
  pause = typing ? setTimeout(() => tellTyping(false), 3000) : undefined;
}

$("body").addEventListener("input", () => tellTyping(true));

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// ---- elements ----------------------------------------------------------------------------------------

function element(name, properties = {}, ...inside) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...inside);
  return made;
}

/** Makes the children of a list those of the rows, by id; those that stay are not made again, nor announced. */
function keep(list, rows, make, fill) {
  const known = new Map([...list.children].map((item) => [item.dataset.id, item]));
  const items = rows.map((row) => {
    const item = known.get(row.id) ?? make(row);
    item.dataset.id = row.id;
    fill(item, row);
    return item;
  });
  for (const item of list.children) if (!items.includes(item)) item.remove();
  items.forEach((item, index) => list.children[index] !== item && list.insertBefore(item, list.children[index] ?? null));
}

// A token may come behind the # of the address, which no server is told; it does not stay there.
const given = location.hash.slice(1) || sessionStorage.getItem("token");
if (location.hash) history.replaceState(null, "", location.pathname);
given ? signIn(given) : signOut();
