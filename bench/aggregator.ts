// The measure of the query benchmark: what a team would write by hand if it wanted the same answer
// over REST and nothing else. No GraphQL, no log, no time-outs, no checks. It answers the very bytes
// that the gateway answers, whatever the request's body says: that is read to its end and dropped.
import { createServer } from 'node:http';
import { listen } from './support/listen.ts';
import { readPins } from './support/read-pins.ts';

const server = createServer((request, response) => {
  request.resume();
  readPins(request.headers).then(
    (pins) => {
      const body = JSON.stringify({ data: { account: { pins } } });
      response
        .writeHead(200, {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        })
        .end(body);
    },
    () => response.writeHead(502).end(),
  );
});

process.stdout.write(`${await listen(server)}/pins\n`);
