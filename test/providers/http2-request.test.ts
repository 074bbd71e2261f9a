import { describe, expect, it } from 'vitest';
import { writeHttp2Get } from '../../src/providers/http2-request.ts';

const hexOf = (block: string): string => Buffer.from(block, 'latin1').toString('hex');

describe('A GET over HTTP/2', () => {
  it('is the fields of a request, of which no table is kept, and the credential never', () => {
    const headers = { accept: '*/*', authorization: 'a b' };
    expect(hexOf(writeHttp2Get({ path: '/p', headers }, 'h:1'))).toBe(
      [
        '82 87', // GET, https
        '01 03 683a31', // :authority h:1
        '04 02 2f70', // :path /p
        '00 06 616363657074 03 2a2f2a', // accept */*
        '10 0d 617574686f72697a6174696f6e 03 612062', // authorization a b
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  it.each([
    [0, '00'],
    [126, '7e'],
    [127, '7f00'],
    [128, '7f01'],
    [254, '7f7f'],
    [255, '7f8001'],
    [16_510, '7fff7f'],
    [16_511, '7f808001'],
  ])('has a string of %i characters behind its length', (length, written) => {
    const block = hexOf(writeHttp2Get({ path: 'p'.repeat(length), headers: {} }, 'h'));
    expect(block).toBe(`828701016804${written}${'70'.repeat(length)}`);
  });
});
