import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../src/secret.ts';

const value = 'Bearer canary-4711';
const secret = new Secret(value);

class Holder {
  readonly credential = secret;
}

describe('a secret', () => {
  it('gives its value when it is asked for it', () => {
    expect(secret.reveal()).toBe(value);
  });

  it.each<[where: string, print: () => string]>([
    ['a template string', () => `<${secret as unknown as string}>`.slice(1, -1)],
    ['String()', () => String(secret)],
    ['a concatenation', () => ''.concat(secret as unknown as string)],
    ['util.inspect', () => inspect(secret)],
    ['util.inspect with hidden fields', () => inspect(secret, { showHidden: true, depth: null })],
    ['%s of util.format, as console.log has it', () => format('%s', secret)],
    ['%o of util.format', () => format('%o', secret)],
    ['%O of util.format', () => format('%O', secret)],
    ['a further argument of util.format', () => format('x', secret).replace('x ', '')],
    ['an error message', () => new Error(secret as unknown as string).message],
    ['an array that is joined', () => [secret].join(',')],
  ])('prints as [redacted] in %s', (_where, print) => {
    expect(print()).toBe('[redacted]');
  });

  it('prints as [redacted] in JSON, also deep within something else', () => {
    expect(JSON.stringify({ credentials: { ADM: secret }, list: [secret] })).toBe(
      '{"credentials":{"ADM":"[redacted]"},"list":["[redacted]"]}',
    );
  });

  it('prints as [redacted] deep within an object that is inspected', () => {
    expect(inspect({ credentials: { ADM: secret }, list: [secret] })).toBe(
      '{ credentials: { ADM: [redacted] }, list: [ [redacted] ] }',
    );
    expect(inspect(new Holder())).toBe('Holder { credential: [redacted] }');
  });

  it('prints as [redacted] as a key and as a value of a map', () => {
    expect(inspect(new Map([[secret, secret]]))).toBe('Map(1) { [redacted] => [redacted] }');
  });

  it('prints as [redacted] in an error that holds it as its cause', () => {
    const error = new Error('failed', { cause: secret });
    error.stack = '';
    expect(inspect(error)).toBe('[Error: failed] { [cause]: [redacted] }');
  });

  it('has no field that a loop over it, a copy or a clone would find', () => {
    expect(Reflect.ownKeys(secret)).toEqual([]);
    expect(Object.assign({}, secret)).toEqual({});
    expect(JSON.stringify(structuredClone(secret))).toBe('{}');
  });
});
