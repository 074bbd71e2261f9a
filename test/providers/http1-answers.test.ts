import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { startRawUpstream, type Behave } from '../support/raw-upstream.ts';
import { pinEntry } from './entries.ts';
import { askOtp, askPins } from './harness.ts';

/** Answers every request with these packets, and ends the connection behind them where told so. */
const answering =
  (packets: readonly string[], ends: boolean): Behave =>
  (socket) => {
    const say = async (): Promise<void> => {
      for (const packet of packets) {
        socket.write(packet, 'latin1');
        await turn();
      }
      if (ends) socket.end();
    };
    socket.setNoDelay(true).on('data', () => void say());
  };

const chunked = (body: string): string =>
  Array.from(body, (character) => `1;a="b"\r\n${character}\r\n`).join('') + '0\r\nt: u\r\n\r\n';

const herald = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n';

/** A way to answer 200 with a body. */
interface Way {
  readonly how: string;
  readonly answer: (body: string) => string;
  /** Whether the connection is good for another request. */
  readonly isKept: boolean;
  /** Whether the provider ends the connection behind the answer. */
  readonly ends?: boolean;
}

const ways: readonly Way[] = [
  {
    how: 'with its length',
    answer: (body) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    isKept: true,
  },
  {
    how: 'in chunks, with extensions and a trailer',
    answer: (body) => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunked(body)}`,
    isKept: true,
  },
  {
    how: 'behind two that herald it',
    answer: (body) =>
      `${herald}${herald}HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    isKept: true,
  },
  {
    how: 'with its length, of a connection that it will close',
    answer: (body) =>
      `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    isKept: false,
  },
  {
    how: 'until the end of the connection',
    answer: (body) => `HTTP/1.1 200 OK\r\n\r\n${body}`,
    isKept: false,
    ends: true,
  },
  {
    how: 'with its length, in HTTP/1.0',
    answer: (body) => `HTTP/1.0 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    isKept: false,
  },
  {
    how: 'until the end of the connection, in HTTP/1.0',
    answer: (body) => `HTTP/1.0 200 OK\r\nServer: old\r\n\r\n${body}`,
    isKept: false,
    ends: true,
  },
];

const list = '{"totalRecords":1,"resourceSet":[{"pinType":"Adult","status":"SET"}]}';
const message = '{"status":"SUCCEEDED","transactionId":"t-1","result":{"otp":"804213"}}';
const otp = { __typename: 'Otp', provider: 'PIMS', value: '804213', transactionId: 't-1' };

describe.each(ways)('A provider that answers $how', ({ answer, isKept, ends = false }) => {
  it.each([
    ['at once', Infinity],
    ['in packets of a few bytes', 7],
  ])('%s is understood, and asked again over the right connection', async (_how, bytes) => {
    const packetsOf = (body: string): string[] => {
      const text = answer(body);
      const count = Math.ceil(text.length / Math.min(bytes, text.length));
      return Array.from({ length: count }, (_, n) => text.slice(n && n * bytes, (n + 1) * bytes));
    };
    await using adm = await startRawUpstream(answering(packetsOf(list), ends));
    await using pims = await startRawUpstream(answering(packetsOf(message), ends));
    await using gateway = await startGateway({ ADM_URL: adm.url, PIMS_URL: pims.url });
    for (const asked of [1, 2, 3]) {
      expect(await askPins(gateway.origin, ['ADM'])).toEqual([pinEntry('ADM', 'Adult', 'SET')]);
      expect(await askOtp(gateway.origin)).toEqual(otp);
      const connections = isKept ? 1 : asked;
      expect([adm.connections, pims.connections]).toEqual([connections, connections]);
    }
    expect(adm.received.match(/GET /g)).toHaveLength(3);
    expect(pims.received.match(/POST /g)).toHaveLength(3);
  });
});
