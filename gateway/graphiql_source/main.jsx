// What is the page: GraphiQL over /graphql, with every file from this server.

import "monaco-graphql/esm/monaco-editor.js";
import { createRoot } from "react-dom/client";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { fetcher } from "./ask.js";
import { firstQuery, HEADERS } from "./beginning.js";
import { Follower } from "./follow.jsx";

import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./page.css";

// Files of their own instead of blobs, so that the page's policy need not allow blobs.
globalThis.MonacoEnvironment = {
  getWorker(_, label) {
    return new Worker(new URL(`./${label}.worker.js`, import.meta.url), { type: "module" });
  },
};

const PLUGINS = [HISTORY_PLUGIN];

// Scalars that take any JSON: without a word about them the variables editor underlines objects.
const ANY_JSON = { JSON: {}, JSONText: {}, json: {}, jsonb: {} };

/** Whether the reader asked, in GraphiQL's settings, to keep headers. A token is not kept unasked. */
function keepsHeaders() {
  return localStorage.getItem("graphiql:shouldPersistHeaders") === "true";
}

function Page({ query }) {
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultQuery={query}
      defaultHeaders={HEADERS}
      customScalarSchemas={ANY_JSON}
      plugins={PLUGINS}
      inputValueDeprecation
      schemaDescription
      shouldPersistHeaders={keepsHeaders()}
      showPersistHeadersSettings
    >
      <GraphiQL.Logo>
        <Follower />
        <span className="brand">Portico</span>
      </GraphiQL.Logo>
    </GraphiQL>
  );
}

const root = createRoot(document.getElementById("graphiql"));
root.render(<Page query={await firstQuery()} />);
