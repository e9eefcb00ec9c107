// What is shown: a form to sign in or up, a second step where one is asked for, and what whoever is signed in can do.

import { ask, isSignedIn, refresh, showFactor, signIn, signOut, signUp } from "./account.js";

const element = (id) => document.getElementById(id);
let isNew = false; // whether the form makes an account
let challenge = null;
let app = null; // the authenticator app that is to be confirmed

function show(...ids) {
  for (const id of ["sign-in", "second", "account"]) element(id).hidden = !ids.includes(id);
  element("sign-out").hidden = !ids.includes("account");
}

function tell(problem = "", told = "") {
  element("problem").textContent = problem;
  element("told").textContent = told;
}

/** Has a form or button do something, one thing at a time, and say what went wrong. */
function on(id, kind, act) {
  element(id).addEventListener(kind, async (event) => {
    event.preventDefault();
    const buttons = [...document.querySelectorAll("button")];
    tell();
    buttons.forEach((each) => (each.disabled = true));
    try {
      await act();
    } catch (error) {
      tell(error.message);
      if (!isSignedIn() && element("second").hidden) await begin();
    } finally {
      buttons.forEach((each) => (each.disabled = false));
    }
  });
}

async function begin() {
  if (!isSignedIn()) {
    element("me").textContent = "";
    if (element("second").hidden) show("sign-in");
    return posts();
  }
  const { me } = await ask("{ me { name email assurance } }");
  element("me").textContent = me.name ?? me.email;
  element("assurance").textContent =
    me.assurance === 2 ? "You signed in with two factors." : "You signed in with one factor.";
  show("account");
  return posts();
}

async function posts() {
  const found = await ask("{ posts(orderBy: { createdAt: DESC }, limit: 20) { id title body state author { name } } }");
  element("list").replaceChildren(
    ...found.posts.map(({ title, body, state, author }) => {
      const item = document.createElement("li");
      const head = document.createElement("h3");
      head.textContent = title;
      const by = document.createElement("p");
      by.className = "by";
      by.textContent = `${author?.name ?? "somebody"}${state === "DRAFT" ? " · a draft" : ""}`;
      const text = document.createElement("p");
      text.textContent = body;
      item.append(head, by, text);
      return item;
    }),
  );
  element("no-posts").hidden = found.posts.length > 0;
}

async function entered(answer) {
  element("password").value = "";
  if (answer.challenge) {
    challenge = answer.challenge;
    element("code").value = "";
    show("second");
    element("code").focus();
  } else if (answer.isCodeSent) {
    tell("", "Look into your mail: the link in it signs you in.");
  } else {
    challenge = null;
    askFor(false);
    show();
    await begin();
  }
}

on("sign-in", "submit", async () => {
  const [name, email, password] = ["name", "email", "password"].map((id) => element(id).value);
  await entered(isNew ? await signUp(name || null, email, password) : await signIn(email, password));
});

on("other-way", "click", async () => askFor(!isNew));

/** Says whether the form makes an account. */
function askFor(account) {
  isNew = account;
  element("name-field").hidden = !isNew;
  element("sign-in-title").textContent = element("sign-in-button").textContent = isNew ? "Sign up" : "Sign in";
  element("other-way").textContent = isNew ? "I have an account" : "I have no account yet";
  element("password").autocomplete = isNew ? "new-password" : "current-password";
}

on("second", "submit", async () => {
  await entered(await showFactor(challenge, element("code").value.trim()));
});

on("start-again", "click", async () => {
  challenge = null;
  show("sign-in");
});

on("sign-out", "click", async () => {
  try {
    await signOut();
  } finally {
    for (const id of ["confirm", "recovery"]) element(id).hidden = true;
    element("recovery-codes").replaceChildren();
    show("sign-in");
    await begin();
  }
});

on("write", "submit", async () => {
  const [title, body] = ["title", "body"].map((id) => element(id).value);
  const state = element("is-published").checked ? "PUBLISHED" : "DRAFT";
  const words = title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  const slug = `${words || "post"}-${Date.now().toString(36)}`;
  await ask(
    "mutation ($title: String!, $slug: String!, $body: String!, $state: State!) { insertPost(object: { title: $title, slug: $slug, body: $body, state: $state }) { id } }",
    { title, slug, body, state },
  );
  element("write").reset();
  await posts();
});

on("add-factor", "click", async () => {
  ({ enrollTotp: app } = await ask("mutation { enrollTotp { id secret qr } }"));
  element("secret").textContent = app.secret;
  const picture = new DOMParser().parseFromString(app.qr, "text/html").querySelector("svg");
  element("qr").replaceChildren(document.importNode(picture, true));
  element("confirm").hidden = false;
  element("confirm-code").focus();
});

on("confirm", "submit", async () => {
  const { confirmFactor: codes } = await ask(
    "mutation ($id: ID!, $code: String!) { confirmFactor(id: $id, code: $code) }",
    { id: app.id, code: element("confirm-code").value },
  );
  element("confirm").hidden = true;
  element("confirm").reset();
  element("qr").replaceChildren();
  element("recovery-codes").replaceChildren(
    ...codes.map((code) => Object.assign(document.createElement("li"), { textContent: code })),
  );
  element("recovery").hidden = codes.length === 0;
  await refresh(); // the next token says that there were two factors
  await begin();
});

await begin().catch((error) => {
  tell(error.message);
  return isSignedIn() ? undefined : begin();
});
