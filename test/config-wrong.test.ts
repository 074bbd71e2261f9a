import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { problemsOf } from './support/config.ts';

const ADM_URL = 'https://adm.example/base';

describe('wrong settings', () => {
  const oneAddress = 'ADM_URL, PACE_URL, PIMS_URL: at least one of them has to be set';

  it('are all told at once, by name', () => {
    const wrong = {
      PORT: 'http',
      ADM_URL: 'adm.example',
      PACE_URL: 'ftp://pace.example',
      ADM_CREDENTIAL: 'cookie',
      GRAPHIQL: 'maybe',
      CORS_ORIGINS: '*',
      LOG_LEVEL: 'loud',
      ADM_AUTHORIZATION_HEADER: 'a b',
      ADM_TENANT_ID: 'a\nb',
    };
    const address = 'has to be an http or https address without credentials, query or fragment';
    expect([...problemsOf(wrong)].sort()).toEqual([
      'ADM_AUTHORIZATION_HEADER: has to be the name of an HTTP header',
      'ADM_CREDENTIAL: has to be one of header, forward',
      'ADM_TENANT_ID: has to be printable ASCII',
      `ADM_URL: ${address}`,
      'CORS_ORIGINS: has to be origins like https://app.example.com, separated by commas',
      'GRAPHIQL: has to be on or off',
      'LOG_LEVEL: has to be one of fatal, error, warn, info, debug, trace, silent',
      `PACE_URL: ${address}`,
      'PORT: has to be a whole number from 0 to 65535',
    ]);
  });

  it('lack every address', () => {
    expect(problemsOf({})).toEqual([oneAddress]);
    expect(problemsOf({ ADM_URL: '', PACE_URL: ' ', PORT: 'x' })).toEqual([
      'PORT: has to be a whole number from 0 to 65535',
      oneAddress,
    ]);
  });

  it.each([
    'https://user@adm.example',
    'https://user:s3cret-canary@adm.example',
    'https://:s3cret-canary@adm.example',
    'https://adm.example/?token=s3cret-canary',
    'https://adm.example/#s3cret-canary',
    's3cret-canary',
    'file:///s3cret-canary',
    '//adm.example/s3cret-canary',
    'unix:///s3cret-canary.sock',
    'http+unix://%2Fs3cret-canary/',
    'data:text/plain,s3cret-canary',
    'javascript:s3cret-canary()',
    'ws://adm.example/s3cret-canary',
    'gopher://adm.example/s3cret-canary',
    'http://',
    'http://adm.example:99999/s3cret-canary',
    'http://adm example/s3cret-canary',
    'http://[::1/s3cret-canary',
  ])('have an address like %s, and do not repeat it', (value) => {
    const problem = 'has to be an http or https address without credentials, query or fragment';
    expect(problemsOf({ PIMS_URL: value })).toEqual([`PIMS_URL: ${problem}`]);
    expect(() => loadConfig({ PIMS_URL: value })).not.toThrow(/s3cret|example/);
  });

  it('repeat no value of any setting', () => {
    const names = [
      ...['PORT', 'ADM_URL', 'ADM_AUTHORIZATION_HEADER', 'ADM_CREDENTIAL', 'ADM_TIMEOUT_MS'],
      ...['PACE_POLL_SECONDS', 'GRAPHIQL', 'CORS_ORIGINS', 'DRAIN_SECONDS', 'LOG_LEVEL'],
    ];
    const value = 's3cret canary é';
    const problems = problemsOf(Object.fromEntries(names.map((name) => [name, value])));
    expect(problems).toHaveLength(names.length);
    expect(problems.join()).not.toContain('canary');
  });

  it.each([
    '*',
    'app.example',
    'https://app.example/',
    'https://app.example/x',
    'https://APP.example',
    'https://app.example:443',
    'https://a.example, b',
    'ws://app.example',
    'null',
  ])('have an origin like %s', (value) => {
    expect(problemsOf({ ADM_URL, CORS_ORIGINS: value })).toEqual([
      'CORS_ORIGINS: has to be origins like https://app.example.com, separated by commas',
    ]);
  });

  it.each(['Host', 'content-length', 'NV-Tenant-Id', 'x-request-id', 'x-correlation-id'])(
    'have an ADM_AUTHORIZATION_HEADER that something else needs, %s',
    (value) => {
      expect(problemsOf({ ADM_URL, ADM_AUTHORIZATION_HEADER: value })).toEqual([
        'ADM_AUTHORIZATION_HEADER: has to be a header that nothing else needs',
      ]);
    },
  );
});
