// Sends a file with the official client of tus, begins anew where it is told to stop, and says how that went.
import { createReadStream } from "node:fs";
import * as tus from "tus-js-client";

const { endpoint, path, size, chunkSize, metadata, interruptions, headers } = JSON.parse(process.argv[2]);
const stops = [...interruptions];
let url = null;
let aborted = 0;

function attempt() {
  return new Promise((resolve, reject) => {
    const upload = new tus.Upload(createReadStream(path), {
      endpoint,
      chunkSize,
      uploadSize: size,
      uploadUrl: url,
      metadata,
      headers,
      retryDelays: Array(120).fill(250),
      uploadDataDuringCreation: false,
      onAfterResponse: () => { url = upload.url ?? url; },
      onProgress: (sent) => {
        if (stops.length && sent >= stops[0]) {
          stops.shift();
          aborted += 1;
          upload.abort().then(() => resolve(null), reject);
        }
      },
      onChunkComplete: (_, accepted) => process.stderr.write(`${accepted}\n`),
      onError: reject,
      onSuccess: ({ lastResponse }) => resolve(lastResponse),
    });
    upload.start();
  });
}

let answer = null;
// What an attempt has read of the file is lost with it: the next one reads from the beginning, and passes over what the server has.
while ((answer = await attempt()) === null);
console.log(JSON.stringify({ url, aborted, file: answer.getHeader("portico-file") ?? null }));
process.exit(0);
