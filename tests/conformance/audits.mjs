// Runs the server audits of GraphQL over HTTP against a URL and prints their results as JSON, one object per audit.
import { serverAudits } from 'graphql-http';

const url = process.argv[2];
const results = [];
for (const { id, name, fn } of serverAudits({ url })) {
  const result = await fn();
  results.push({ id, name, status: result.status, reason: result.reason ?? null });
}
console.log(JSON.stringify(results));
