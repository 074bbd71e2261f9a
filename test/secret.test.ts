import assert from 'node:assert/strict';
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { createLog } from '../src/observe/log.ts';
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
    ['a concatenation with +', () => ('<' + (secret as unknown as string)).slice(1)],
    ['%j of util.format', () => JSON.parse(format('%j', secret)) as string],
    ['%s beside other fields', () => format('%s', { secret }).slice('{ secret: '.length, -2)],
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

  it('prints as [redacted] on the console, however deep', () => {
    let text = '';
    const stdout = new Writable({
      write(chunk: Buffer, _encoding, done) {
        text += chunk.toString();
        done();
      },
    });
    const console = new Console({ stdout, inspectOptions: { depth: null, showHidden: true } });
    console.log({ a: { b: { c: { d: [secret] } } } }, '%s', secret);
    console.dir(new Holder());
    console.table([{ secret }]);
    expect(text).not.toContain('canary');
    expect(text.match(/\[redacted\]/g)).toHaveLength(3); // console.dir has "Secret {}"
  });

  it('prints as [redacted] in the log, as a field, within one and in an error', () => {
    let text = '';
    const log = createLog('trace', { write: (line) => (text += line) });
    const error = Object.assign(new Error('failed', { cause: { secret } }), { secret });
    log.info({ secret, holder: new Holder(), err: error, error }, 'a line with %s', secret);
    expect(text).not.toContain('canary');
    expect(text).toContain('"secret":"[redacted]","holder":{"credential":"[redacted]"}');
  });

  it('prints as [redacted], or not at all, in what an assertion finds different', () => {
    const messageOf = (compare: () => void): string => {
      try {
        compare();
      } catch (error) {
        return inspect(error, { depth: null });
      }
      throw new Error('found nothing different');
    };
    const messages = [
      messageOf(() => assert.deepStrictEqual({ secret }, { secret: 'x' })),
      messageOf(() => assert.equal(secret, 'x')),
      messageOf(() => expect({ secret }).toEqual({ secret: 'x' })),
      messageOf(() => expect(secret).toBe('x')),
    ];
    expect(messages.join()).not.toContain('canary');
  });

  it('prints as [redacted] down a chain of causes', () => {
    const cause = new AggregateError([new Holder(), secret], 'both', { cause: new Holder() });
    const text = inspect(new Error('failed', { cause }), { depth: null, showHidden: true });
    expect(text).not.toContain('canary');
    expect(text.match(/\[redacted\]/g)).toHaveLength(3);
  });

  it('has no field that a loop over it, a copy or a clone would find', () => {
    expect(Reflect.ownKeys(secret)).toEqual([]);
    expect(Object.assign({}, secret)).toEqual({});
    expect(Object.entries(secret)).toEqual([]);
    expect(JSON.stringify(structuredClone(secret))).toBe('{}');
    expect(serialize(secret).toString('latin1')).not.toContain('canary');
  });
});
