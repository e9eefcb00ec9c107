// What is in the editors at first: a query that this schema answers, and where a token goes.

import { ask } from "./ask.js";

const MOST_FIELDS = 8;

export const HEADERS = `{
  // To ask as somebody, run
  //   portico token alice --create
  // and paste what it prints after Bearer.
  "Authorization": "Bearer "
}`;

const HINTS = `# Ctrl-Enter asks, Ctrl-Space completes.
# The book at the top left describes it all.
# To ask as somebody: Headers, below.

`;

const SCHEMA = `query Beginning {
  __schema {
    queryType { fields { name args { name } type { ...Type } } }
    types { name kind fields { name args { name } type { ...Type } } }
  }
}
fragment Type on __Type { name kind ofType { name kind ofType { name kind ofType { name kind } } } }`;

/** The query of the first visit; null later, when GraphiQL brings back what was there. */
export async function firstQuery() {
  if (localStorage.getItem("graphiql:tabState") !== null) return null;
  try {
    return HINTS + (await query());
  } catch {
    return `${HINTS}{\n  __typename\n}\n`; // without a token there is nothing to be seen
  }
}

/** The first rows of the type that has most to show. */
async function query() {
  const { data } = await ask({ query: SCHEMA, operationName: "Beginning" });
  const { queryType, types } = data.__schema;
  const lists = queryType.fields.filter(({ args }) => args.some(({ name }) => name === "limit"));
  const choices = lists.map(({ name, type }) => ({ name, fields: plainFields(types, named(type)) }));
  const { name, fields } = choices.reduce((best, each) => (each.fields.length > best.fields.length ? each : best));
  const lines = fields.slice(0, MOST_FIELDS).map((field) => `    ${field.name}\n`);
  return `{\n  ${name}(limit: 10) {\n${lines.join("")}  }\n}\n`;
}

/** The fields that need neither arguments nor a selection. */
function plainFields(types, { name }) {
  const { fields } = types.find((type) => type.name === name);
  return fields.filter(({ args, type }) => args.length === 0 && ["SCALAR", "ENUM"].includes(named(type).kind));
}

function named(type) {
  return type.ofType ? named(type.ofType) : type;
}
