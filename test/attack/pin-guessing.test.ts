import { describe, expect, it } from 'vitest';
import { startWith, credentials } from '../providers/harness.ts';
import { askOver } from '../support/ask.ts';
import { sendRaw } from '../support/raw-http.ts';
import { openWs } from '../support/raw-websocket.ts';
import { reply } from '../support/upstream.ts';

const refused = reply(200, { status: 'FAILED', error: { code: 2308, label: 'access refused' } });
const guess = (pin: number): string =>
  `generateOtp(input: { pinCode: "${pin}" }) { ... on ProviderError { code } }`;
const guesses = (count: number): string =>
  Array.from({ length: count }, (_, pin) => `a${pin}: ${guess(pin)}`).join(' ');
const operation = { query: `mutation { ${guess(1)} }` };

describe('guessing a PIN', () => {
  it.each(Object.entries(askOver))(
    'by aliases over %s: few of them are refused but for one, many at once',
    async (_name, ask) => {
      await using pims = await startWith('PIMS', refused);
      const few = { query: `mutation { ${guesses(10)} }` };
      const answer = await ask(pims.origin, few, credentials);
      const { data } = answer as { data: Record<string, { code: string }> };
      expect(Object.values(data).map(({ code }) => code)).toEqual([
        'ACCESS_REFUSED',
        ...Array<string>(9).fill('BAD_REQUEST'),
      ]);
      expect(await ask(pims.origin, { query: `mutation { ${guesses(11)} }` }, credentials)).toEqual(
        {
          errors: [
            {
              message: 'The document has more root fields than MAX_ROOT_FIELDS allows: 10.',
              extensions: { code: 'LIMIT_EXCEEDED' },
            },
          ],
        },
      );
      expect(pims.upstream.requests).toHaveLength(1);
    },
  );

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/graphql+json',
    'application/graphql',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain',
    'text/json',
  ])('by a batch of %s: refused as a whole, over HTTP and SSE', async (type) => {
    await using pims = await startWith('PIMS', refused);
    for (const accept of ['application/json', 'text/event-stream']) {
      for (const batch of [[operation], [operation, operation]]) {
        const { status, body } = await sendRaw(pims.origin, '/graphql', {
          method: 'POST',
          headers: { ...credentials, 'content-type': type, accept },
          body: JSON.stringify(batch),
        });
        const isJson = /^application\/(graphql\+)?json/.test(type);
        expect({ status, isNamed: body.includes('Batching is not supported.') }).toEqual({
          status: isJson ? 400 : 415,
          isNamed: isJson,
        });
      }
    }
    expect(pims.upstream.requests).toEqual([]);
  });

  it('by a batch over WebSocket: closed with 4400', async () => {
    await using pims = await startWith('PIMS', refused);
    await using socket = await openWs(pims.origin);
    await socket.init(credentials);
    socket.send({ id: '1', type: 'subscribe', payload: [operation, operation] });
    expect(await socket.closed).toMatchObject({ code: 4400 });
    expect(pims.upstream.requests).toEqual([]);
  });

  it('by a batch of messages over WebSocket: closed with 4400', async () => {
    await using pims = await startWith('PIMS', refused);
    await using socket = await openWs(pims.origin);
    await socket.init(credentials);
    socket.send(JSON.stringify([{ id: '1', type: 'subscribe', payload: operation }]));
    expect(await socket.closed).toMatchObject({ code: 4400 });
    expect(pims.upstream.requests).toEqual([]);
  });

  it('by sixty operations at once on one socket: as many as a credential has', async () => {
    await using pims = await startWith('PIMS', refused);
    await using socket = await openWs(pims.origin);
    await socket.init(credentials);
    const ids = Array.from({ length: 60 }, (_, id) => String(id));
    for (const id of ids) socket.send({ id, type: 'subscribe', payload: operation });
    await Promise.all(ids.map((id) => socket.received('complete', id)));
    const limited = socket.messages.filter((message) => message.includes('"RATE_LIMITED"'));
    expect(limited).toHaveLength(55);
    expect(pims.upstream.requests).toHaveLength(5);
  });
});
