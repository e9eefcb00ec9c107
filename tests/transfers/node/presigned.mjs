// Uploads by what was signed for it, with the official client of S3, and reads back what is there.
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

const { endpoint, bucket, accessKeyId, secretAccessKey, put, post, body } = JSON.parse(process.argv[2]);
const common = { endpoint, region: "us-east-1", forcePathStyle: true, requestChecksumCalculation: "WHEN_REQUIRED" };
const signer = { sign: async (request) => request };

async function byTheClient() {
  // The client's own request, its body and headers, sent to the address that was signed.
  const client = new S3Client({ ...common, signer, credentials: { accessKeyId: "none", secretAccessKey: "none" } });
  const url = new URL(put.url);
  const key = decodeURIComponent(url.pathname.split("/").slice(2).join("/"));
  client.middlewareStack.add(
    (next) => (given) => {
      given.request.query = Object.fromEntries(url.searchParams);
      for (const name of Object.keys(given.request.headers)) if (/^(x-amz|amz-)/i.test(name)) delete given.request.headers[name];
      Object.assign(given.request.headers, put.headers);
      return next(given);
    },
    { step: "finalizeRequest", priority: "low" },
  );
  const answer = await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(body), ContentType: put.headers["content-type"] }));
  return { status: answer.$metadata.httpStatusCode, key };
}

async function byForm() {
  const form = new FormData();
  for (const [name, value] of Object.entries(post.fields)) form.append(name, value);
  form.append("file", new Blob([body]));
  const answer = await fetch(post.url, { method: "POST", body: form });
  return { status: answer.status, key: post.fields.key };
}

const results = {};
const reader = new S3Client({ ...common, credentials: { accessKeyId, secretAccessKey } });
for (const [name, work] of Object.entries({ put: byTheClient, post: byForm })) {
  const { status, key } = await work();
  const found = await reader.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  results[name] = { status, body: await found.Body.transformToString(), type: found.ContentType };
}
console.log(JSON.stringify(results));
