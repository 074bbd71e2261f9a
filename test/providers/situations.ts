import {
  mute,
  refusingUrl,
  resetting,
  saying,
  sayingAndClosing,
  closingAtOnce,
  startRawUpstream,
  type Behave,
} from '../support/raw-upstream.ts';
import { reply, silence, startUpstream, type Respond } from '../support/upstream.ts';

/** A provider, or what stands at its address instead of one. */
export interface Situation extends AsyncDisposable {
  readonly url: string;
}

/** Brings a situation about. */
export type Given = () => Promise<Situation>;

/** An HTTP server that answers so. */
export const answering =
  (respond: Respond): Given =>
  () =>
    startUpstream(respond);

/** A TCP server that behaves so. */
export const behaving =
  (behave: Behave): Given =>
  () =>
    startRawUpstream(behave);

const nobody = (url: string): Situation => ({
  url,
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

/** The largest body that is read, and one byte more. */
export const bodyLimit = 1024 * 1024;
const tooLong = ' '.repeat(bodyLimit + 1);

const truncated = (status: string): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"a":`;

/** A name, what it is, and where there was an HTTP answer its status. */
export type NamedSituation = readonly [name: string, given: Given, httpStatus?: number];

/** No connection comes about: the provider can't have seen the request. */
export const unconnected: readonly NamedSituation[] = [
  ['the connection is refused', () => Promise.resolve(nobody(refusingUrl))],
  ['the name does not resolve', () => Promise.resolve(nobody('http://provider.invalid'))],
  [
    'https meets a port that speaks plain HTTP',
    async () => {
      const upstream = await startUpstream(reply(200));
      const url = upstream.url.replace('http:', 'https:');
      return { url, [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose]() };
    },
  ],
];

/** The TLS handshake is never answered: the deadline passes before the request is sent. */
export const handshakeHangs: NamedSituation = [
  'the TLS handshake hangs',
  async () => {
    const upstream = await startRawUpstream(mute);
    const url = upstream.url.replace('http:', 'https:');
    return { url, [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose]() };
  },
];

/** The connection is lost after the request has been sent, before there is a status. */
export const lost: readonly NamedSituation[] = [
  ['the connection is reset after the request', behaving(resetting)],
  ['the connection is closed without an answer', behaving(sayingAndClosing(''))],
  [
    'the connection is closed in the middle of the head',
    behaving(sayingAndClosing('HTTP/1.1 200 OK\r\nContent-Ty')),
  ],
];

/** The connection is accepted and closed before the request can have been read. */
export const closedAtOnce: NamedSituation = [
  'the connection is closed at once',
  behaving(closingAtOnce),
];

/** The provider has the request and stays silent. */
export const silent: readonly NamedSituation[] = [
  ['there is no answer', answering(silence)],
  ['there is an interim 103 and no more', behaving(saying('HTTP/1.1 103 Early Hints\r\n\r\n'))],
  ['half a head comes and no more', behaving(saying('HTTP/1.1 200 O'))],
];

/** A 200 begins and its rest never comes. */
export const stalledBody: NamedSituation = [
  'a 200 stalls in the middle of its body',
  behaving(saying(truncated('200 OK'))),
  200,
];

/** A 200 begins and the connection ends in the middle of it. */
export const truncatedBody: readonly NamedSituation[] = [
  [
    'a 200 is shorter than its content-length',
    behaving(sayingAndClosing(truncated('200 OK'))),
    200,
  ],
  [
    'a chunked 200 ends without its last chunk',
    behaving(
      sayingAndClosing('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n'),
    ),
    200,
  ],
];

/** What comes is not HTTP, or a head that is too large: there is no status. */
export const notHttp: readonly NamedSituation[] = [
  ['something other than HTTP answers', behaving(saying('SSH-2.0-OpenSSH_9.6\r\n\r\n'))],
  ['random bytes answer', behaving(saying('\u0000\u00ff\u0001\u00fe\r\n\r\n'))],
  [
    'the content-length is no number',
    behaving(saying('HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n')),
  ],
  [
    'the head is larger than a head may be',
    behaving(saying(`HTTP/1.1 200 OK\r\nx-large: ${'x'.repeat(200_000)}\r\n\r\n`)),
  ],
];

/** A 200 has a body that can't be read to its end. */
export const unreadableBody: readonly NamedSituation[] = [
  ['a 200 has a body over 1 MiB', answering(reply(200, tooLong)), 200],
  [
    'a chunk of a 200 has no length',
    behaving(saying('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n')),
    200,
  ],
];

/** A 1xx is the last that comes. */
export const interim: readonly NamedSituation[] = [
  ['100 is the final answer', behaving(sayingAndClosing('HTTP/1.1 100 Continue\r\n\r\n'))],
  [
    '101 comes though nobody asked for it',
    behaving(
      saying('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'),
    ),
  ],
  ['102 is the final answer', behaving(sayingAndClosing('HTTP/1.1 102 Processing\r\n\r\n'))],
  ['103 is the final answer', behaving(sayingAndClosing('HTTP/1.1 103 Early Hints\r\n\r\n'))],
];

/** A 1xx that is followed by the answer itself. */
const heraldedBy = (status: string): Behave =>
  saying(`HTTP/1.1 ${status}\r\n\r\nHTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n`);

/** These are skipped, as HTTP has it. */
export const heralded: readonly NamedSituation[] = [
  ['a 100 comes before the answer', behaving(heraldedBy('100 Continue')), 403],
  ['a 102 comes before the answer', behaving(heraldedBy('102 Processing')), 403],
  ['a 103 comes before the answer', behaving(heraldedBy('103 Early Hints')), 403],
];

/** A failure whose body is missing in part or too long: its status still says what it is. */
export const damagedFailure = (status: number): readonly NamedSituation[] => [
  [
    `a ${status} is shorter than its content-length`,
    behaving(sayingAndClosing(truncated(`${status} X`))),
    status,
  ],
  [`a ${status} has a body over 1 MiB`, answering(reply(status, tooLong)), status],
  [`a ${status} has a body that is not JSON`, answering(reply(status, '<html>{"errors":')), status],
  [`a ${status} has no body`, answering(reply(status)), status],
];
