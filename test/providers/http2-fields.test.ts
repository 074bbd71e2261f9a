import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFields, type Http2Fields } from '../../src/providers/http2-fields.ts';
import { hex } from '../support/raw-h2-upstream.ts';

const text = (value: string): string => Buffer.from(value, 'latin1').toString('hex');
const sized = (value: string): string => Buffer.of(value.length).toString('hex') + text(value);
/** A field that stands for itself, and is put into no table. */
const field = (name: string, value = ''): string => `00 ${sized(name)} ${sized(value)}`;

const head = (fields: Partial<Http2Fields> = {}): Http2Fields => ({
  status: 200,
  contentLength: null,
  retryAfter: undefined,
  ...fields,
});

describe('A block of fields', () => {
  it.each<[string, string, Http2Fields]>([
    ['a status of the table', '88', head()],
    ['another one of it', '8d', head({ status: 404 })],
    ['a status that is not in it', `48 ${sized('503')}`, head({ status: 503 })],
    ['one in Huffman code', '48 82 6402', head({ status: 302 })],
    ['one with its name', field(':status', '503'), head({ status: 503 })],
    ['an interim one', `08 ${sized('103')}`, head({ status: 103 })],
    ['a length', `88 5c ${sized('17')}`, head({ contentLength: 17 })],
    ['a length with its name', `88 ${field('content-length', '0')}`, head({ contentLength: 0 })],
    ['a wait', `88 0f26 ${sized('7')}`, head({ retryAfter: '7' })],
    ['two waits', `88 0f26 ${sized('7')} 0f26 ${sized('8')}`, head({ retryAfter: '7' })],
    ['a wait that no date looks like', '88 0f26 83 ffff ff', head({ retryAfter: '' })],
    ['fields that are no matter', `88 61 ${sized('now')} 90 ${field('x-id', 'a')}`, head()],
    ['a value in a code that is not looked at', '88 61 82 ffff', head()],
    ['a field to be put into a table', `88 40 ${sized('x-id')} ${sized('a')}`, head()],
    ['a field to be put into none', `88 10 ${sized('x-id')} ${sized('a')}`, head()],
    ['a long value', `88 00 ${sized('x')} 7f e407 ${'61'.repeat(1123)}`, head()],
    ['a name that is too long to be looked at', `88 00 7f8101 ${'ff'.repeat(256)} 00`, head()],
    ['the size of the table at its start', '20 20 88', head()],
    ['nothing', '', head({ status: null })],
    ['what follows a body', field('x-checksum', 'a'), head({ status: null })],
  ])('says %s', (_what, digits, fields) => {
    expect(readFields(hex(digits))).toEqual(fields);
  });

  it.each([
    ['two statuses', '88 88'],
    ['a status behind another field', `90 88`],
    ['a status of two digits', `48 ${sized('20')}`],
    ['a status of four digits', `48 ${sized('2000')}`],
    ['a status from 0', `48 ${sized('099')}`],
    ['a status that is no number', `48 ${sized('2e2')}`],
    ['a status in a code that no number has', '48 83 ffff ff'],
    ['the status that HTTP/2 has no use for', `48 ${sized('101')}`],
    ['a field of a request', '88 82'],
    ['a field of a request with its name', `88 ${field(':path', '/')}`],
    ['an unknown field with a colon', `88 ${field(':x', '1')}`],
    ['a name in capitals', `88 ${field('X-Id')}`],
    ['a name with a blank', `88 ${field('x id')}`],
    ['a name with a line break', `88 ${field('x\r\nid')}`],
    ['no name', `88 ${field('')}`],
    ['a connection', `88 ${field('connection', 'close')}`],
    ['keep-alive', `88 ${field('keep-alive', 'timeout=5')}`],
    ['an upgrade', `88 ${field('upgrade', 'h2c')}`],
    ['a proxy-connection', `88 ${field('proxy-connection', 'close')}`],
    ['chunks', `88 0f2a ${sized('chunked')}`],
    ['two lengths', `88 5c ${sized('1')} 5c ${sized('1')}`],
    ['a length below zero', `88 5c ${sized('-1')}`],
    ['a length with a sign', `88 5c ${sized('+1')}`],
    ['no length where it should be', '88 9c'],
    ['a length that no number holds', `88 5c ${sized('9'.repeat(16))}`],
  ])('is malformed with %s', (_what, digits) => {
    expect(readFields(hex(digits))).toBe('malformed');
  });

  it.each([
    ['entry 0 of the table', '80'],
    ['an entry of the table that we have allowed nobody', 'be'],
    ['a name from that table', '7e 01 61'],
    ['a size of it that we have not allowed', '3fe11f 88'],
    ['its size behind a field', '88 20'],
    ['a name that does not end', '00 05 61'],
    ['no value', '00 01 61'],
    ['a value that does not end', '48 03 32 30'],
    ['a length that does not end', '48 7f ff'],
    ['a length beyond all measure', '48 7f ffff ffff ffff 7f'],
    ['an entry beyond all measure', 'ff ffff ffff 7f'],
    ['a name in a wrong code', '00 83 640e80 00'],
  ])('cannot be decoded with %s', (_what, digits) => {
    expect(readFields(hex(digits))).toBe('undecodable');
  });

  it('never breaks what reads it, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const fields = readFields(Buffer.from(bytes));
        if (typeof fields === 'string') return;
        const { status, contentLength } = fields;
        if (status !== null) expect(status).toBeGreaterThanOrEqual(100);
        if (contentLength !== null) expect(contentLength).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 5_000 },
    );
  });
});
