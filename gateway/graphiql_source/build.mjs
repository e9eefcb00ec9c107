// How do the sources become the files of the page: node build.mjs FOLDER

import { build } from "esbuild";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const folder = process.argv[2];

const { metafile, outputFiles } = await build({
  entryPoints: {
    graphiql: "main.jsx",
    // Monaco asks for its workers by these labels.
    "editorWorkerService.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
    "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
    "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
  },
  outdir: folder,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  minify: true,
  define: { "process.env.NODE_ENV": '"production"' },
  loader: { ".ttf": "file" },
  legalComments: "none", // LICENSES.txt has them whole
  metafile: true,
  write: false,
  logLevel: "warning",
});

for (const { path, contents } of outputFiles) {
  // Each part that is loaded on demand gets a style sheet too, but graphiql.css has all of them.
  if (!path.endsWith(".css") || basename(path) === "graphiql.css") writeFileSync(path, contents);
}
writeFileSync(join(folder, "LICENSES.txt"), licenses(Object.keys(metafile.inputs)));

/** The licences of every package that went into the files, as those licences ask. */
function licenses(inputs) {
  const packages = inputs.map((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]);
  return [...new Set(packages.filter(Boolean))].sort().map(license).join("\n");
}

function license(path) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  const files = readdirSync(path).filter((file) => /^(licen[cs]e|notice|thirdpartynotices)/i.test(file));
  const texts = files.map((file) => readFileSync(join(path, file), "utf8").trim());
  const holder = texts.length ? "" : ` © ${author?.name ?? author ?? "its authors"}`;
  return `==== ${name} ${version} (${license})${holder}\n\n${texts.join("\n\n")}\n`;
}
