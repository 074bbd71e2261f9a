import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/observe/log.ts';
import { startGateway } from '../support/gateway.ts';
import { sendJson } from '../support/raw-http.ts';

const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const;

/** The messages that a log of this level has when one is written at each level. */
function written(level: string): string[] {
  let text = '';
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const log = createLog(level, output);
  log.debug('debug');
  log.info('info');
  log.warn('warn');
  log.error('error');
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
}

describe('LOG_LEVEL', () => {
  it.each<[level: string, messages: string[]]>([
    ['trace', ['debug', 'info', 'warn', 'error']],
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
    ['fatal', []],
    ['silent', []],
  ])('%s leaves %j', (level, messages) => {
    expect(written(level)).toEqual(messages);
  });

  it.each([...levels, 'fatal', 'silent'])('%s is respected by a gateway', async (level) => {
    const gateway = await startGateway({ ADM_URL: 'http://127.0.0.1:9', LOG_LEVEL: level });
    await sendJson(gateway.origin, { query: '{ __typename }' });
    await gateway.gateway.close();
    const isQuiet = !['trace', 'debug', 'info'].includes(level);
    const messages = gateway.logLines().map(({ msg }) => msg);
    expect(messages).toEqual(isQuiet ? [] : ['listening', 'request', 'draining', 'closed']);
  });
});

describe('the log', () => {
  it('is lines of JSON, with the time in UTC and nothing of the machine', async () => {
    const gateway = await startGateway({ ADM_URL: 'http://127.0.0.1:9' });
    const { origin } = gateway;
    await gateway.gateway.close();
    const line = (fields: object) => ({
      level: 30,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      ...fields,
    });
    const port = Number(new URL(origin).port);
    expect(gateway.logLines()).toEqual([
      line({ msg: 'listening', host: '127.0.0.1', port, url: `${origin}/graphql` }),
      line({ msg: 'draining', drainSeconds: 1 }),
      line({ msg: 'closed' }),
    ]);
  });
});
