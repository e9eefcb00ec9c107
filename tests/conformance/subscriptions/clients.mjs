// Runs one client of subscriptions after another against a server, and prints what each of them saw.
//
//     node clients.mjs PORT TOKEN
//
// The server counts: `subscription { count }` gives the numbers up to `to`, each with its position.
import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { EventSource } from "eventsource";
import { createClient as createSse } from "graphql-sse";
import { createClient as createWs } from "graphql-ws";
import legacy from "subscriptions-transport-ws";

const [port, token] = process.argv.slice(2);
const http = `http://127.0.0.1:${port}/graphql`;
const ws = `ws://127.0.0.1:${port}/graphql`;
const COUNT = "subscription C($to: Int) { count(to: $to) }";
const headers = { Authorization: `Bearer ${token}` };
const count = { query: COUNT, variables: { to: 3 } };

// All values of a sink's subscription, or what it failed with.
function all(subscribe) {
  return new Promise((resolve) => {
    const values = [];
    subscribe({
      next: (value) => values.push(value.data ?? value),
      error: (error) => resolve({ values, failed: described(error) }),
      complete: () => resolve(values),
    });
  });
}

function described(error) {
  if (Array.isArray(error)) return error.map((each) => each.extensions?.problem ?? each.message);
  return error.code ?? error.message;
}

const seen = {};

async function graphqlWs() {
  const client = createWs({ url: ws, connectionParams: headers, retryAttempts: 0 });
  seen["graphql-ws counts"] = await all((sink) => client.subscribe(count, sink));
  seen["graphql-ws query"] = await all((sink) => client.subscribe({ query: "{ whoami }" }, sink));
  seen["graphql-ws refused"] = await all((sink) => client.subscribe({ query: "{ refused }" }, sink));
  const values = [];
  for await (const value of client.iterate({ query: "subscription { whoami topic }" })) {
    values.push(value.data);
    break; // unsubscribes
  }
  seen["graphql-ws iterates"] = values;
  await client.dispose();
  const wrong = createWs({ url: ws, connectionParams: { Authorization: "Bearer x" }, retryAttempts: 0 });
  seen["graphql-ws wrong credentials"] = await all((sink) => wrong.subscribe(count, sink));
  const pinging = createWs({ url: ws, keepAlive: 20, lazy: false, retryAttempts: 0 });
  seen["graphql-ws is answered"] = await new Promise((resolve) => pinging.on("pong", (received) => resolve(received)));
  await pinging.dispose();
}

async function apollo() {
  const client = new ApolloClient({
    link: new GraphQLWsLink(createWs({ url: ws, connectionParams: { headers }, retryAttempts: 0 })),
    cache: new InMemoryCache(),
  });
  const observed = client.subscribe({ query: gql(COUNT), variables: { to: 2 } });
  seen["Apollo counts"] = await all((sink) => observed.subscribe(sink));
  seen["Apollo query"] = (await client.query({ query: gql("{ whoami }") })).data;
  client.stop();
  const plain = new ApolloClient({ link: new HttpLink({ uri: http }), cache: new InMemoryCache() });
  seen["Apollo by HTTP"] = (await plain.query({ query: gql("{ hello }") })).data;
  plain.stop();
}

async function urql() {
  const socket = createWs({ url: ws, connectionParams: headers, retryAttempts: 0 });
  const overSocket = new Client({
    url: http,
    preferGetMethod: false,
    exchanges: [
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...request, query: request.query ?? "" }, sink) }),
        }),
      }),
    ],
  });
  seen["urql counts"] = await counted(overSocket);
  await socket.dispose();
  const overEvents = new Client({
    url: http,
    preferGetMethod: false,
    fetchSubscriptions: true,
    exchanges: [fetchExchange],
    fetchOptions: { headers },
  });
  seen["urql counts by fetch"] = await counted(overEvents);
  seen["urql query"] = (await overEvents.query("{ hello }", {})).data;
}

function counted(client) {
  return new Promise((resolve) => {
    const values = [];
    client.subscription(COUNT, { to: 3 }).subscribe((result) => {
      values.push(result.data ?? result.error.message);
      if (values.length === 3) resolve([...values]);
    });
  });
}

async function graphqlSse() {
  const client = createSse({ url: http, headers, retryAttempts: 0 });
  seen["graphql-sse counts"] = await all((sink) => client.subscribe(count, sink));
  seen["graphql-sse query"] = await all((sink) => client.subscribe({ query: "{ whoami }" }, sink));
  const refused = await all((sink) => client.subscribe({ query: "{ refused }" }, sink));
  seen["graphql-sse refused"] = refused[0].errors.map((each) => each.extensions.problem);
  client.dispose();
  const wrong = createSse({ url: http, headers: { Authorization: "Bearer x" }, retryAttempts: 0 });
  seen["graphql-sse wrong credentials"] = (await all((sink) => wrong.subscribe(count, sink))).failed;
}

async function eventSource() {
  const parameters = new URLSearchParams({ query: COUNT, variables: '{"to":3}' });
  const source = new EventSource(`${http}?${parameters}`);
  seen["EventSource counts"] = await new Promise((resolve, reject) => {
    const values = [];
    source.addEventListener("next", (event) => values.push([event.lastEventId, JSON.parse(event.data).data]));
    source.addEventListener("complete", () => resolve(values));
    source.addEventListener("error", reject);
  });
  source.close();
}

async function older() {
  const client = new legacy.SubscriptionClient(ws, { connectionParams: headers, reconnect: false }, WebSocket);
  seen["subscriptions-transport-ws counts"] = await all((sink) => client.request(count).subscribe(sink));
  seen["subscriptions-transport-ws refused"] = await all((sink) => client.request({ query: "{ refused }" }).subscribe(sink));
  client.close();
}

process.on("exit", (code) => code && console.error("Seen so far:", JSON.stringify(seen)));
for (const run of [graphqlWs, apollo, urql, graphqlSse, eventSource, older]) await run();
console.log(JSON.stringify(seen));
process.exit(0);
