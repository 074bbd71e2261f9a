import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { graphqlPathWith, sendRaw, type RawAnswer } from '../support/raw-http.ts';
import { openWs } from '../support/raw-websocket.ts';
import { reply, startUpstream, type ScriptedUpstream } from '../support/upstream.ts';

let pims: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  pims = await startUpstream(reply(500));
  // Worst case: the browser has a password of the user's for this host, and sends it by itself.
  gateway = await startGateway({
    PIMS_URL: pims.url,
    PIMS_CREDENTIAL: 'forward',
    NODE_ENV: 'production',
  });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await pims[Symbol.asyncDispose]();
});

/** What a browser adds to a request that a page of another site makes. */
const fromElsewhere = {
  authorization: 'Basic dXNlcjpwYXNz',
  origin: 'https://elsewhere.example',
  referer: 'https://elsewhere.example/',
  'sec-fetch-site': 'cross-site',
};

const mutation = 'mutation { generateOtp(input: { pinCode: "1234" }) { __typename } }';
const send = (contentType: string, body: string): Promise<RawAnswer> =>
  sendRaw(gateway.origin, '/graphql', {
    method: 'POST',
    headers: { ...fromElsewhere, 'content-type': contentType },
    body,
  });
const json = JSON.stringify({ query: mutation });
const part = (type: string, text: string): string =>
  `--x\r\ncontent-disposition: form-data; name="${type}"\r\n\r\n${text}\r\n`;

describe('a page of another site, without asking first, makes no one-time password', () => {
  // Every type that a form can have, or a script without a preflight, and those that servers guess at.
  it.each([
    [
      'a form',
      'application/x-www-form-urlencoded',
      new URLSearchParams({ query: mutation }).toString(),
    ],
    ['a form of JSON', 'text/plain', json],
    ['a form of JSON that says so', 'text/plain; application/json', json],
    ['a form of JSON in a parameter', 'text/plain; charset=application/json', json],
    ['a multipart form', 'multipart/form-data; boundary=x', `${part('query', mutation)}--x--`],
    [
      'a multipart upload',
      'multipart/form-data; boundary=x',
      `${part('operations', json)}${part('map', '{}')}--x--`,
    ],
    ['a document', 'application/graphql', mutation],
    ['no type', '', json],
  ])('by %s', async (_how, type, body) => {
    const { status, body: answer, headers } = await send(type, body);
    expect(status).toBe(415);
    expect(answer).toContain('Send the operation as application/json, and uncompressed.');
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(pims.requests).toEqual([]);
  });

  it.each(['*/*', 'image/webp,*/*', 'text/event-stream', 'application/json'])(
    'by a link, an image or a script that accepts %s',
    async (accept) => {
      const { status } = await sendRaw(gateway.origin, graphqlPathWith({ query: mutation }), {
        headers: { ...fromElsewhere, accept },
      });
      expect(status).toBe(403);
      expect(pims.requests).toEqual([]);
    },
  );
});

describe('a GET', () => {
  const path = graphqlPathWith({ query: '{ __typename }' });
  const refusal = {
    errors: [
      {
        message:
          'A GET needs one of these headers: x-request-id, x-adm-authorization, x-pace-authorization, x-pims-authorization; or a bearer token.',
        extensions: { code: 'CSRF_PREVENTED' },
      },
    ],
  };

  it('is refused in production without a header of ours', async () => {
    const { status, body } = await sendRaw(gateway.origin, path, { headers: fromElsewhere });
    expect({ status, body: JSON.parse(body) as unknown }).toEqual({ status: 403, body: refusal });
  });

  it.each(['x-request-id', 'x-adm-authorization', 'x-pims-authorization'])(
    'is answered with %s, for which a browser asks first',
    async (name) => {
      const { status, body } = await sendRaw(gateway.origin, path, { headers: { [name]: 'a' } });
      expect({ status, body }).toEqual({ status: 200, body: '{"data":{"__typename":"Query"}}' });
      const preflight = await sendRaw(gateway.origin, path, {
        method: 'OPTIONS',
        headers: {
          ...fromElsewhere,
          'access-control-request-method': 'GET',
          'access-control-request-headers': name,
        },
      });
      expect(preflight.headers).not.toHaveProperty('access-control-allow-origin');
    },
  );

  it('is answered with a bearer token, which no browser sends by itself', async () => {
    const headers = { authorization: 'Bearer a' };
    expect((await sendRaw(gateway.origin, path, { headers })).status).toBe(200);
  });

  it('is answered without one where CSRF_PREVENTION is off', async () => {
    await using lenient = await startGateway({
      PIMS_URL: pims.url,
      NODE_ENV: 'production',
      CSRF_PREVENTION: 'off',
    });
    expect((await sendRaw(lenient.origin, path)).status).toBe(200);
  });
});

it('a page of another site opens no WebSocket', async () => {
  const opened = openWs(gateway.origin, { headers: fromElsewhere });
  await expect(opened).rejects.toThrow('403');
});
