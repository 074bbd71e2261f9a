import { describe, expect, it } from 'vitest';
import type { HttpMessage } from '../../src/providers/http.ts';
import { writeHttp1Request } from '../../src/providers/http1-request.ts';

const get: HttpMessage = { method: 'GET', path: '/user/pin?timeout=25', headers: {}, body: null };
const post: HttpMessage = { method: 'POST', path: '/pims/get', headers: {}, body: '{}' };
const host = 'provider.example:8443';

const withField = (value: string): HttpMessage => ({ ...get, headers: { authorization: value } });

describe('A request', () => {
  it('without a body has no word about one', () => {
    expect(writeHttp1Request(get, host)).toEqual({
      head: 'GET /user/pin?timeout=25 HTTP/1.1\r\nhost: provider.example:8443\r\nconnection: keep-alive\r\n\r\n',
      body: null,
    });
  });

  it('has its own fields in their order, and the length of its body', () => {
    const headers = { accept: 'application/json', authorization: 'Bearer a', 'x-request-id': '' };
    expect(writeHttp1Request({ ...post, headers }, host)).toEqual({
      head: [
        'POST /pims/get HTTP/1.1',
        'host: provider.example:8443',
        'connection: keep-alive',
        'accept: application/json',
        'authorization: Bearer a',
        'x-request-id: ',
        'content-length: 2',
        '',
        '',
      ].join('\r\n'),
      body: '{}',
    });
  });

  it.each([
    ['nothing', '', 0],
    ['ASCII', '{"pinCode":"1234"}', 18],
    ['Latin-1', 'é', 2],
    ['other letters', 'π密', 5],
    ['characters beyond the first plane', '🔑', 4],
    ['half a character, which is written as U+FFFD', '\ud83d', 3],
  ])('has the length in bytes of a body of %s', (_what, body, bytes) => {
    const { head } = writeHttp1Request({ ...post, body }, host);
    expect(head).toContain(`\r\ncontent-length: ${bytes}\r\n\r\n`);
    expect(Buffer.from(body, 'utf8')).toHaveLength(bytes);
  });
});

describe('A field of a request', () => {
  it.each([
    ['blanks and tabs', 'Bearer \t a'],
    ['Latin-1', 'Bearer \x80\xe9\xff'],
    ['what looks like another field', 'a: b'],
  ])('may have %s, which stay what they are', (_what, value) => {
    const { head } = writeHttp1Request(withField(value), host);
    expect(head.split('\r\n').slice(3)).toEqual([`authorization: ${value}`, '', '']);
    expect(Buffer.from(head, 'latin1').toString('latin1')).toBe(head);
  });

  it.each([
    ['a line break', 'a\r\nx-forged: b'],
    ['a line feed', 'a\nx-forged: b'],
    ['a carriage return', 'a\rx-forged: b'],
    ['an end of the head', 'a\r\n\r\nGET /forged HTTP/1.1'],
    ['a line break at its end', 'a\n'],
    ['a NUL', 'a\0'],
    ['an escape', 'a\x1b[31m'],
    ['a DEL', 'a\x7f'],
    ['a letter beyond Latin-1', 'a\u0142'],
    ['a letter of which Latin-1 makes a line feed', 'a\u010ax-forged: b'],
  ])('cannot have %s, and the error does not repeat it', (_what, value) => {
    const error = new TypeError('The field authorization cannot be sent.');
    expect(() => writeHttp1Request(withField(value), host)).toThrow(error);
  });
});
