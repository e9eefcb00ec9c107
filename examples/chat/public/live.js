// How does a page hear of changes: subscriptions over one websocket, which comes back by itself and misses nothing.
//
// The protocol is graphql-transport-ws: connection_init → connection_ack, then for each subscription subscribe → next,
// next, … until complete. Each answer of Portico carries a position; who subscribes again with it gets what came since.

const SHORTEST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const SIGN_OF_LIFE_MS = 15_000;
const FOR_GOOD = [4400, 4401, 4403, 4406]; // wrong messages or credentials: coming back would end the same way

export class Live {
  #wanted = new Map(); // id → { request, heard, failed, position }
  #count = 0;
  #tries = 0;

  /** told: is called with "connecting", "live", "reconnecting" or "refused". */
  constructor(token, told) {
    this.token = token;
    this.told = told;
    this.#connect("connecting");
  }

  /** Calls `heard` with each answer's data, or `failed` with errors and then no more. Gives a function that ends it. */
  subscribe(query, variables, heard, failed) {
    const id = String(++this.#count);
    this.#wanted.set(id, { request: { query, variables }, heard, failed });
    if (this.isLive) this.#begin(id);
    return () => this.#wanted.delete(id) && this.isLive && this.#send({ id, type: "complete" });
  }

  close() {
    this.#wanted.clear();
    this.#leave();
  }

  #connect(state) {
    this.told(state);
    const socket = new WebSocket(new URL("/graphql", location.href.replace("http", "ws")), "graphql-transport-ws");
    socket.onopen = () => this.#send({ type: "connection_init", payload: { Authorization: `Bearer ${this.token}` } });
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    socket.onclose = ({ code }) => this.#lost(code);
    this.socket = socket;
    this.hasSpoken = true;
    this.pulse = setInterval(() => this.#look(), SIGN_OF_LIFE_MS);
  }

  #take(message) {
    this.hasSpoken = true;
    const wanted = this.#wanted.get(message.id); // none: an answer that was on its way when it was ended
    if (message.type === "connection_ack") {
      this.isLive = true;
      this.#tries = 0;
      this.told("live");
      for (const id of this.#wanted.keys()) this.#begin(id);
    } else if (message.type === "ping") {
      this.#send({ type: "pong" });
    } else if (message.type === "next" && wanted) {
      const { data, errors, extensions } = message.payload;
      wanted.position = extensions?.portico?.position ?? wanted.position;
      errors ? wanted.failed(errors) : wanted.heard(data);
    } else if (message.type === "error" && wanted) {
      this.#wanted.delete(message.id);
      wanted.failed(message.payload);
    }
  }

  #begin(id) {
    const { request, position } = this.#wanted.get(id);
    const extensions = position && { portico: { position } };
    this.#send({ id, type: "subscribe", payload: { ...request, extensions } });
  }

  #send(message) {
    this.socket.send(JSON.stringify(message));
  }

  /** A network that is gone says nothing of it: who does not even answer a ping is taken for lost. */
  #look() {
    if (!this.hasSpoken) return this.#lost();
    this.hasSpoken = false;
    if (this.isLive) this.#send({ type: "ping" });
  }

  #lost(code) {
    this.#leave();
    if (FOR_GOOD.includes(code)) return this.told("refused");
    this.told("reconnecting");
    // Jitter: after a restart not everybody comes back at the same moment.
    const most = Math.min(LONGEST_WAIT_MS, SHORTEST_WAIT_MS * 2 ** this.#tries++);
    this.timer = setTimeout(() => this.#connect("reconnecting"), most * (0.5 + Math.random() / 2));
  }

  #leave() {
    this.isLive = false;
    clearInterval(this.pulse);
    clearTimeout(this.timer);
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
  }
}
