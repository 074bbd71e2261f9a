import { isIP, Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { providerNames } from '../../src/pins.ts';
import { InvalidFieldError, readCaller } from '../../src/transport/caller.ts';
import { addressFingerprint } from '../../src/transport/client-address.ts';
import { requestIdFrom } from '../../src/transport/request-id.ts';
import { startGateway } from '../support/gateway.ts';
import { openWs } from '../support/raw-websocket.ts';

const runs = { numRuns: 5_000 };

const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'Bearer ann',
    ' \t',
    '',
    '\u00ff',
    'a\u0000',
    'a\r\nx: y',
    '\ud83d',
    ' x ',
    'Bearer ā',
  ),
  fc.anything(),
);

const names = [
  ...['x-adm-authorization', 'x-pace-authorization', 'x-pims-authorization', 'authorization'],
  ...['nv-tenant-id', 'host', 'cookie', '__proto__', 'X-PACE-Authorization'],
];

const fields = fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 6 });

/** What HTTP allows in a header's value, without the blanks around it. */
const headerValue = /^[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/;

describe('Whatever a client sends as its credentials', () => {
  it('they can stand in a header of HTTP, or are refused by name', () => {
    const forwards = fc.subarray([...providerNames]).map((some) => new Set(some));
    fc.assert(
      fc.property(fields, forwards, (sent, forwardsTo) => {
        const given = new Map<string, unknown>(sent);
        try {
          const caller = readCaller(
            (name) => given.get(name),
            forwardsTo,
            'id',
            () => null,
          );
          for (const provider of providerNames) {
            const credential = caller.credentials[provider]?.reveal();
            if (credential === undefined) continue;
            expect(credential).toMatch(headerValue);
            const own = given.get(`x-${provider.toLowerCase()}-authorization`);
            const plain = forwardsTo.has(provider) ? given.get('authorization') : null;
            expect([own, plain].map((one) => typeof one === 'string' && one.trim())).toContain(
              credential.trim(),
            );
          }
          if (caller.tenantId !== null) expect(caller.tenantId).toMatch(headerValue);
          expect(caller.requestId).toBe('id');
        } catch (error) {
          if (!(error instanceof InvalidFieldError)) throw error;
          expect(error.message).toMatch(/^The value of [a-z-]+ cannot be sent/);
        }
      }),
      runs,
    );
  });

  it('as connection_init, it is taken or refused, and the process serves on', async () => {
    await using gateway = await startGateway({ ADM_URL: 'http://127.0.0.1:1', LOG_LEVEL: 'error' });
    const payload = fc.oneof(
      { weight: 4, arbitrary: fields.map((sent) => Object.fromEntries(sent)) },
      { weight: 1, arbitrary: fc.jsonValue() },
    );
    await fc.assert(
      fc.asyncProperty(payload, async (sent) => {
        await using socket = await openWs(gateway.origin);
        const text = fc.stringify({ type: 'connection_init', payload: sent });
        socket.send(isJson(sent) ? { type: 'connection_init', payload: sent } : text);
        const outcome = await Promise.race([
          socket.received('connection_ack').then(
            () => 1000,
            () => socket.closed.then(({ code }) => code),
          ),
          socket.closed.then(({ code }) => code),
        ]);
        expect([1000, 4400, 4403]).toContain(outcome);
      }),
      { numRuns: 500 },
    );
    expect(gateway.log()).toBe('');
    await using socket = await openWs(gateway.origin);
    await socket.init({ 'x-adm-authorization': 'Bearer ann' });
    await socket.settled();
  });
});

function isJson(sent: unknown): boolean {
  try {
    JSON.stringify(sent);
    return true;
  } catch {
    return false; // a bigint, or a ring
  }
}

describe('Whatever a client sends as its request id', () => {
  it('the id is fit to be logged and sent on, and is the client’s own where that is', () => {
    const idOf = (minLength: number, maxLength: number) =>
      fc.string({ unit: fc.constantFrom(...Array.from('aZ09._-')), minLength, maxLength });
    const id = fc.oneof(idOf(0, 20), idOf(120, 135), value);
    fc.assert(
      fc.property(id, (given) => {
        const taken = requestIdFrom(given);
        expect(taken).toMatch(/^[A-Za-z0-9._-]{1,128}$/);
        if (typeof given === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(given)) {
          expect(taken).toBe(given);
        } else {
          expect(taken).not.toBe(given);
        }
      }),
      runs,
    );
  });
});

describe('Whatever a client or a proxy sends as X-Forwarded-For', () => {
  it('there is one fingerprint or none, and what the client wrote in front changes nothing', () => {
    const zone = fc.constantFrom('', '%eth0', ':4711');
    const address = fc.oneof(
      fc.ipV4(),
      fc.tuple(fc.ipV6(), zone).map((parts) => parts.join('')),
      fc.ipV6().map((ip) => `[${ip}]:4711`),
      fc.string({ unit: 'binary' }),
    );
    const socket = new Socket();
    const printOf = (told: string) =>
      addressFingerprint({ socket, headers: { 'x-forwarded-for': told } }, 1);
    fc.assert(
      fc.property(address, fc.string({ unit: 'binary' }), (told, forged) => {
        fc.pre(!told.includes(','));
        const print = printOf(told);
        if (isIP(told) !== 0) expect(print).not.toBeNull();
        expect(printOf(`${forged},${told}`)).toBe(print);
      }),
      runs,
    );
  });
});

it('A million blanks within a credential take no longer to read than a million letters', () => {
  const credential = `a${' '.repeat(1_000_000)}b`;
  const caller = readCaller(
    (name) => (name === 'x-adm-authorization' ? `\t ${credential} \t` : undefined),
    new Set(),
    'id',
    () => null,
  );
  // A pattern that tries anew at each of them would take minutes.
  expect(caller.credentials.ADM?.reveal()).toBe(credential);
});
