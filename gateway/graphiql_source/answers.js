// How does the page hear the answers of a subscription: one request whose answer is a stream of events.

const PAUSE_MS = 1000;

/**
 * The answers of a subscription, as GraphiQL wants them: an object with `subscribe`.
 *
 * Each is handed to `next`. A connection that is lost is made again, and what was missed is asked for; `complete` is
 * called once the server says that nothing more comes.
 *
 * send: makes the request, for an operation and the media type that is wanted; gives fetch's response.
 */
export function answersOf(operation, send) {
  return {
    subscribe(sink) {
      const stopping = new AbortController();
      void follow(operation, (...request) => send(...request, stopping.signal), sink, stopping.signal);
      return { unsubscribe: () => stopping.abort() };
    },
  };
}

async function follow(operation, send, sink, signal) {
  let position;
  while (!signal.aborted) {
    const extensions = position && { portico: { position } };
    try {
      const response = await send({ ...operation, extensions }, "text/event-stream");
      if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
        sink.next(await response.json()); // refused before it began
        return sink.complete();
      }
      for await (const { event, id, data } of eventsOf(response.body)) {
        if (event === "complete") return sink.complete();
        position = id ?? position;
        if (event === "next") sink.next(JSON.parse(data));
      }
    } catch (error) {
      if (!signal.aborted) sink.next({ errors: [{ message: `The connection is lost, and made again: ${error.message}` }] });
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Source: HTML Standard, "Interpreting an event stream"; each member of an event has one line here. */
async function* eventsOf(body) {
  let waiting = "";
  for await (const text of textsOf(body)) {
    const events = (waiting + text).split("\n\n");
    waiting = events.pop();
    for (const event of events) yield Object.fromEntries(event.split("\n").map(member));
  }
}

function member(line) {
  const at = line.indexOf(":");
  return [line.slice(0, at), line.slice(at + 1).trim()];
}

async function* textsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
}
