// Calls methods of react-admin's Hasura provider one after another, and prints what each of them gave.
//
//     node react_admin.mjs URL HEADERS CALLS
//
// CALLS is a list of [method, resource, parameters].
import hasura from "ra-data-hasura";

const [url, headers, calls] = process.argv.slice(2);
const provider = await hasura.default({ clientOptions: { uri: url, headers: JSON.parse(headers) } });
const answers = [];
for (const [method, resource, parameters] of JSON.parse(calls)) {
  try {
    answers.push(await provider[method](resource, parameters));
  } catch (error) {
    answers.push({ message: error.message, ...error.body?.graphQLErrors?.[0]?.extensions });
  }
}
console.log(JSON.stringify(answers));
