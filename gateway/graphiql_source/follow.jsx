// How does the page follow what changes: the author's saves, and who the headers say is asking.

import { useEffect } from "react";
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { parse } from "jsonc-parser";

const LOOK_EVERY_MS = 1500;
const PAUSE_MS = 400;
const GONE = { trouble: "Portico does not answer. Is it still running?", revision: null };
const STATE = new URL("../state", import.meta.url);

/** Shows nothing; reads the schema again when the models or the caller have changed. */
export function Follower() {
  const { introspect } = useGraphiQLActions();
  const headers = useGraphiQL((state) => state.headerEditor);
  useEffect(() => followSaves(introspect), [introspect]);
  useEffect(() => headers && followHeaders(headers, introspect), [headers, introspect]);
  return null;
}

/** Looks at what became of the last save, while the page is visible, and shows what is wrong with it. */
function followSaves(reloaded) {
  let timer;
  let revision;
  let isOver = false;

  async function look() {
    clearTimeout(timer);
    if (!document.hidden) {
      const state = await currentState();
      if (isOver) return;
      show(state.trouble);
      if (revision !== undefined && state.revision !== null && state.revision !== revision) reloaded();
      revision = state.revision;
    }
    timer = setTimeout(look, LOOK_EVERY_MS);
  }

  document.addEventListener("visibilitychange", look);
  void look();
  return () => {
    isOver = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", look);
  };
}

async function currentState() {
  try {
    const response = await fetch(STATE, { credentials: "omit", cache: "no-store" });
    return response.ok ? await response.json() : GONE;
  } catch {
    return GONE;
  }
}

function show(trouble) {
  const box = document.getElementById("trouble");
  box.hidden = trouble === null;
  if (box.textContent !== trouble) box.textContent = trouble ?? "";
}

/** Asks for the schema again once the headers are other ones, as each role has a schema of its own. */
function followHeaders(editor, changed) {
  let timer;
  let before = meaning(editor.getValue());

  function look() {
    const now = meaning(editor.getValue());
    if (now === null || now === before) return;
    before = now;
    changed();
  }

  const subscription = editor.onDidChangeModelContent(() => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE_MS);
  });
  return () => {
    clearTimeout(timer);
    subscription.dispose();
  };
}

/** The headers without comments and spaces; null while they cannot be read. */
function meaning(text) {
  const errors = [];
  const headers = parse(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  return errors.length ? null : JSON.stringify(headers ?? {});
}
