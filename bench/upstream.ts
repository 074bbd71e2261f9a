// Plays ADM and PACE for the query benchmark: each answers its one GET at once, with the same bytes.
// Prints both addresses as a line of JSON. KEEP_ALIVE_MS: how long an idle connection stays open.
import { createServer } from 'node:http';
import { listen } from './support/listen.ts';
import { admAnswer } from './support/workload.ts';

const admBody = Buffer.from(JSON.stringify(admAnswer));
const admHeaders = { 'content-type': 'application/json', 'content-length': admBody.length };

const adm = createServer((request, response) => {
  const isKnown =
    request.url === '/adm/v1/user/accounts/pins/status' && request.headers.authorization;
  if (isKnown) response.writeHead(200, admHeaders).end(admBody);
  else response.writeHead(400).end();
});

const pace = createServer((request, response) => {
  const isKnown = request.url === '/user/pin' && request.headers.authorization;
  response.writeHead(isKnown ? 200 : 400, { 'content-length': 0 }).end();
});

// A server waits for its next turn longer than Node's five seconds; it shall find its connections.
adm.keepAliveTimeout = pace.keepAliveTimeout = Number(process.env['KEEP_ALIVE_MS'] ?? 300_000);

const urls = { adm: await listen(adm), pace: await listen(pace) };
process.stdout.write(`${JSON.stringify(urls)}\n`);
