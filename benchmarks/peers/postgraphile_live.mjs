// PostGraphile with one subscription field, as its documentation sets up subscriptions: a trigger notifies, the field listens,
// and each subscriber is given the row under its own row-level security.
// usage: node postgraphile_live.mjs CONNECTION_STRING PORT
import { createServer } from "node:http";
import { grafserv } from "postgraphile/grafserv/node";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { context, lambda, listen } from "postgraphile/grafast";
import { jsonParse } from "postgraphile/@dataplan/json";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { extendSchema } from "postgraphile/utils";

const [connectionString, port] = process.argv.slice(2);

const saidInRoom = extendSchema((build) => {
  const { messages } = build.input.pgRegistry.pgResources;
  return {
    typeDefs: `
      extend type Subscription { saidInRoom(roomId: UUID!): Said }
      type Said { message: Message }
    `,
    plans: {
      Subscription: {
        saidInRoom: {
          subscribePlan(_, args) {
            const topic = lambda(args.getRaw("roomId"), (id) => `room:${id}`);
            return listen(context().get("pgSubscriber"), topic, jsonParse);
          },
          plan: (event) => event,
        },
      },
      Said: { message: (event) => messages.get({ id: event.get("id") }) },
    },
  };
});

const server = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [saidInRoom],
  pgServices: [makePgService({ connectionString, schemas: ["public"], pubsub: true, poolConfig: { max: 10 } })],
  grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false, websockets: true },
  grafast: {
    explain: false,
    context: (request) => ({
      pgSettings: { role: "reader", "app.user_id": request.ws?.connectionParams?.user ?? "" },
    }),
  },
});
const http = createServer();
http.on("error", (error) => { throw error; });
await server.createServ(grafserv).addTo(http);
http.listen(Number(port), "127.0.0.1");
