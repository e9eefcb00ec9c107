// Clients that lose their connection and come back by themselves, and what they saw in all.
//
//     node resuming.mjs PORT
//
// The server ends everything after some numbers when it is told that clients have them: a line on standard output.
import { EventSource } from "eventsource";
import { createClient as createSse } from "graphql-sse";
import { createClient as createWs } from "graphql-ws";

const [port] = process.argv.slice(2);
const http = `http://127.0.0.1:${port}/graphql`;

const seen = {};
const soon = async () => {};

function topic(client) {
  return new Promise((resolve, reject) => {
    const values = [];
    const end = client.subscribe(
      { query: "subscription { topic }" },
      {
        next: (value) => {
          values.push(value.data);
          if (values.length === 2) {
            end();
            resolve(values);
          }
        },
        error: reject,
        complete: () => {},
      },
    );
  });
}

function resumed() {
  const parameters = new URLSearchParams({ query: "subscription { topic }" });
  const source = new EventSource(`${http}?${parameters}`);
  return new Promise((resolve) => {
    const values = [];
    source.addEventListener("next", (event) => {
      values.push(JSON.parse(event.data).data);
      if (values.length === 2) {
        source.close();
        resolve(values);
      }
    });
  });
}

const all = [
  topic(createWs({ url: http.replace("http", "ws"), retryAttempts: 50, retryWait: soon })).then((found) => (seen["graphql-ws"] = found)),
  topic(createSse({ url: http, retryAttempts: 50, retry: soon })).then((found) => (seen["graphql-sse"] = found)),
  resumed().then((found) => (seen.EventSource = found)),
];
await Promise.all(all);
console.log(JSON.stringify(seen));
process.exit(0);
