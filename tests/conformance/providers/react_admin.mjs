// Calls methods of react-admin's Hasura provider one after another, and prints what each of them gave.
//
//     node react_admin.mjs
//
// reads one request a line, {server, url, headers, calls}, and prints a line for each; calls are [method, resource,
// parameters]. A provider reads the schema when it is made, and is kept for the next requests to the same server.
import { createInterface } from "node:readline";
import hasura from "ra-data-hasura";

const providers = new Map();

async function provider(server, url, headers) {
  const key = JSON.stringify([server, url, headers]);
  if (!providers.has(key)) providers.set(key, await hasura.default({ clientOptions: { uri: url, headers } }));
  return providers.get(key);
}

async function answer({ server, url, headers, calls }) {
  const made = await provider(server, url, headers);
  const answers = [];
  for (const [method, resource, parameters] of calls) {
    try {
      answers.push(await made[method](resource, parameters));
    } catch (error) {
      answers.push({ message: error.message, ...error.body?.graphQLErrors?.[0]?.extensions });
    }
  }
  return answers;
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
