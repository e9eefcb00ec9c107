// Who is signed in: tokens of this tab, which are refreshed before they expire and when they are refused.

const kept = sessionStorage;
let access = null; // in memory alone
let refreshing = null;

export class Refusal extends Error {
  constructor({ message, extensions = {} }) {
    super(extensions.hint && extensions.problem === "PT336" ? `${message} ${extensions.hint}` : message);
    this.problem = extensions.problem;
  }
}

export const isSignedIn = () => kept.getItem("refresh") !== null;

/** What a document is answered, as whoever is signed in. */
export async function ask(query, variables = {}) {
  if (isSignedIn() && (access === null || access.expires < Date.now())) await refresh();
  try {
    return await send(query, variables, access?.token);
  } catch (error) {
    if (error.problem !== "PT310" || !isSignedIn()) throw error;
    await refresh(); // another role, or a retired key: the next token says what is so now
    return send(query, variables, access?.token);
  }
}

/** Signs in, or up; a challenge where a second factor is asked for. */
export async function signIn(email, password) {
  const { signIn } = await send(
    "mutation ($email: String!, $password: String!) { signIn(email: $email, password: $password) { tokens { accessToken expiresIn refreshToken } challenge isCodeSent } }",
    { email, password },
  );
  return took(signIn);
}

export async function signUp(name, email, password) {
  const { signUp } = await send(
    "mutation ($name: String, $email: String!, $password: String!) { signUp(name: $name, email: $email, password: $password) { tokens { accessToken expiresIn refreshToken } challenge isCodeSent } }",
    { name, email, password },
  );
  return took(signUp);
}

export async function showFactor(challenge, code) {
  const { signInWithFactor } = await send(
    "mutation ($challenge: String!, $code: String!) { signInWithFactor(challenge: $challenge, code: $code) { tokens { accessToken expiresIn refreshToken } } }",
    { challenge, code },
  );
  return took(signInWithFactor);
}

export async function signOut() {
  try {
    await ask("mutation { signOut }");
  } finally {
    forget();
  }
}

/** The next tokens. One request for all who wait: a refresh token is used once. */
export function refresh() {
  refreshing ??= renew().finally(() => (refreshing = null));
  return refreshing;
}

async function renew() {
  try {
    const answer = await send(
      "mutation ($token: String!) { refresh(refreshToken: $token) { accessToken expiresIn refreshToken } }",
      { token: kept.getItem("refresh") },
    );
    keep(answer.refresh);
  } catch (error) {
    if (error.problem === "PT331") forget(); // the session has ended
    throw error;
  }
}

function took(answer) {
  if (answer.tokens) keep(answer.tokens);
  return answer;
}

function keep({ accessToken, expiresIn, refreshToken }) {
  access = { token: accessToken, expires: Date.now() + (expiresIn - 30) * 1000 };
  kept.setItem("refresh", refreshToken);
}

function forget() {
  access = null;
  kept.removeItem("refresh");
}

async function send(query, variables, token) {
  const headers = { "content-type": "application/json" };
  if (token) headers.authorization = `Bearer ${token}`;
  let answer;
  try {
    const response = await fetch("/graphql", { method: "POST", headers, body: JSON.stringify({ query, variables }) });
    answer = await response.json();
  } catch {
    throw new Refusal({ message: "The server cannot be reached." });
  }
  if (answer.errors) throw new Refusal(answer.errors[0]);
  return answer.data;
}
