// Calls methods of refine's Hasura provider one after another, and prints what each of them gave.
//
//     node refine.mjs URL HEADERS OPTIONS CALLS
//
// OPTIONS are the provider's own; CALLS is a list of [method, parameters].
import provide from "@refinedev/hasura";
import { GraphQLClient } from "graphql-request";

const [url, headers, options, calls] = process.argv.slice(2);
const client = new GraphQLClient(url, { headers: JSON.parse(headers) });
const provider = provide(client, JSON.parse(options));
const answers = [];
for (const [method, parameters] of JSON.parse(calls)) {
  try {
    answers.push(await provider[method](parameters));
  } catch (error) {
    const first = error.response?.errors?.[0];
    answers.push({ message: first?.message ?? error.message, ...first?.extensions });
  }
}
console.log(JSON.stringify(answers));
