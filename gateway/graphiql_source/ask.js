// How does the page ask: one POST for each operation, without cookies.

const ENDPOINT = "/graphql";

/**
 * Sends an operation and gives the answer as JSON.
 *
 * What is no GraphQL answer (a proxy's error page, a server that is gone) becomes one with a sentence that
 * says so.
 */
export async function ask(operation, { headers = {} } = {}) {
  let response;
  try {
    response = await fetch(ENDPOINT, {
      method: "POST",
      credentials: "omit",
      headers: {
        Accept: "application/graphql-response+json, application/json",
        "Content-Type": "application/json",
        ...filledIn(headers),
      },
      body: JSON.stringify(operation),
    });
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

/** Not the ones that wait for a value, as the editor's "Bearer " does at first. */
function filledIn(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => !/^\s*(bearer)?\s*$/i.test(value)));
}

function problem(message) {
  return { errors: [{ message }] };
}
