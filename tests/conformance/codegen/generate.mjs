// Makes TypeScript of a schema's introspection, as a client's build does: node generate.mjs introspection.json types.ts

import { generate } from "@graphql-codegen/cli";

const [schema, output] = process.argv.slice(2);
const files = await generate(
  { cwd: import.meta.dirname, schema, generates: { [output]: { plugins: ["typescript"] } }, silent: true, noSilentErrors: true },
  false,
);
console.log(JSON.stringify({ types: files[0].content }));
