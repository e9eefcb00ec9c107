// PostGraphile as its documentation sets it up for production: one process, the pg adaptor, no introspection page.
// usage: node postgraphile.mjs CONNECTION_STRING PORT [--print]
import { createServer } from "node:http";
import { grafserv } from "postgraphile/grafserv/node";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { PostGraphileConnectionFilterPreset } from "postgraphile-plugin-connection-filter";
import { printSchema } from "graphql";

const [connectionString, port, option] = process.argv.slice(2);
const server = postgraphile({
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
  // Plain lists besides connections, as a client would want for these questions.
  schema: { defaultBehavior: "+connection +list" },
  pgServices: [makePgService({ connectionString, schemas: ["public"], poolConfig: { max: 10 } })],
  grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false },
  grafast: { explain: false },
});
if (option === "--print") {
  console.log(printSchema(await server.getSchema()));
  process.exit(0);
}
const http = createServer();
http.on("error", (error) => { throw error; });
await server.createServ(grafserv).addTo(http);
http.listen(Number(port), "127.0.0.1");
