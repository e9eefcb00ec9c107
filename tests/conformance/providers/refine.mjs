// Calls methods of refine's Hasura provider one after another, and prints what each of them gave.
//
//     node refine.mjs
//
// reads one request a line, {url, headers, options, calls}, and prints a line for each; options are the provider's own,
// calls are [method, parameters].
import { createInterface } from "node:readline";
import provide from "@refinedev/hasura";
import { GraphQLClient } from "graphql-request";

async function answer({ url, headers, options, calls }) {
  const provider = provide(new GraphQLClient(url, { headers }), options);
  const answers = [];
  for (const [method, parameters] of calls) {
    try {
      answers.push(await provider[method](parameters));
    } catch (error) {
      const first = error.response?.errors?.[0];
      answers.push({ message: first?.message ?? error.message, ...first?.extensions });
    }
  }
  return answers;
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
