// How does the page ask: one POST for each operation, without cookies; answered once, or as often as there is news.

import { getOperationAST, parse } from "graphql";
import { answersOf } from "./answers.js";

const ENDPOINT = "/graphql";

/** What GraphiQL calls: the answer of an operation, or the answers of a subscription. */
export function fetcher(operation, { headers } = {}) {
  if (!isSubscription(operation)) return ask(operation, { headers });
  return answersOf(operation, (request, accepted, signal) => send(request, headers, accepted, signal));
}

/** By the text itself: what GraphiQL has parsed may be of some keystrokes before. */
function isSubscription({ query, operationName }) {
  try {
    return getOperationAST(parse(query), operationName)?.operation === "subscription";
  } catch {
    return false; // the server says what is wrong with it
  }
}

/**
 * Sends an operation and gives the answer as JSON.
 *
 * What is no GraphQL answer (a proxy's error page, a server that is gone) becomes one with a sentence that
 * says so.
 */
export async function ask(operation, { headers } = {}) {
  let response;
  try {
    response = await send(operation, headers, "application/graphql-response+json, application/json");
  } catch (error) {
    return problem(`The request did not reach Portico: ${error.message}`);
  }
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return problem(`The answer is no JSON (status ${response.status}): ${text.slice(0, 500)}`);
  }
}

function send(operation, headers, accepted, signal) {
  return fetch(ENDPOINT, {
    method: "POST",
    credentials: "omit",
    headers: { Accept: accepted, "Content-Type": "application/json", ...filledIn(headers ?? {}) },
    body: JSON.stringify(operation),
    signal,
  });
}

/** Not the ones that wait for a value, as the editor's "Bearer " does at first. */
function filledIn(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => !/^\s*(bearer)?\s*$/i.test(value)));
}

function problem(message) {
  return { errors: [{ message }] };
}
