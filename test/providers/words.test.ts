import { describe, expect, it } from 'vitest';
import { AccountPinsDocument } from '../generated/graphql.ts';
import { connectWs, parsePayload } from '../support/client.ts';
import { reply } from '../support/upstream.ts';
import { contract } from './contract.ts';
import { entryOf, pinEntry } from './entries.ts';
import { askOtp, askPins, askPinSet, startWith } from './harness.ts';

const struck = '[redacted]';

/** What PACE's error object becomes, through `account.pins`. */
async function paceWords(error: unknown, credential = 'Bearer token-1234'): Promise<unknown> {
  await using pace = await startWith('PACE', reply(403, { errors: [error] }));
  const pins = await askPins(pace.origin, ['PACE'], { 'x-pace-authorization': credential });
  return pins?.[0];
}

/** What PIMS's message becomes. */
async function pimsWords(
  message: unknown,
  pinCode = '4711',
  credential = 'Bearer token-1234',
): Promise<unknown> {
  await using pims = await startWith('PIMS', reply(200, message));
  return await askOtp(pims.origin, pinCode, { 'x-pims-authorization': credential });
}

const forbidden = (words: Readonly<Record<string, string | null>>) =>
  entryOf('PACE', contract['PACE HTTP 403'], { upstream: { httpStatus: 403, ...words } });
const refused = (words: Readonly<Record<string, string | null>>) =>
  entryOf('PIMS', contract['PIMS 2308'], { upstream: { httpStatus: 200, code: '2308', ...words } });

describe("A provider's words", () => {
  it('are told as they are when they are short and plain', async () => {
    const words = { code: '1000', title: 'Tïtle – ✓', detail: 'A "detail" <b>', id: 'abc-1' };
    expect(await paceWords({ ...words, status: '403', links: {}, meta: {} })).toEqual(
      forbidden(words),
    );
  });

  it.each(['x', '🔑', 'é'])('are cut to modest lengths, between characters: %s', async (letter) => {
    const long = letter.repeat(5000);
    expect(await paceWords({ code: long, title: long, detail: long, id: long })).toEqual(
      forbidden({
        code: letter.repeat(64),
        title: letter.repeat(256),
        detail: letter.repeat(1024),
        id: letter.repeat(128),
      }),
    );
    const message = { transactionId: long, status: 'FAILED', error: { code: 2308, label: long } };
    expect(await pimsWords(message)).toEqual(
      refused({ title: letter.repeat(256), id: letter.repeat(128) }),
    );
  });

  it('lose their control characters', async () => {
    const dirty = '\ud83d\u0000a\r\nb\u001b[31mc\u007fd\u0085e\t';
    const clean = '\ufffd a b [31mc d e';
    expect(await paceWords({ code: dirty, title: dirty, detail: dirty, id: dirty })).toEqual(
      forbidden({ code: clean, title: clean, detail: clean, id: clean }),
    );
    const message = { transactionId: dirty, status: 'FAILED', error: { code: 2308, label: dirty } };
    expect(await pimsWords(message)).toEqual(refused({ title: clean, id: clean }));
  });

  it.each([
    ['numbers', 7],
    ['booleans', true],
    ['null', null],
    ['lists', ['x']],
    ['objects', { toString: 'x' }],
    ['blank', ' \t '],
    ['nothing but control characters', '\u0000\u0001'],
  ])('are null when they are %s', async (_what, word) => {
    expect(await paceWords({ code: word, title: word, detail: word, id: word })).toEqual(
      forbidden({}),
    );
    const message = { transactionId: word, status: 'FAILED', error: { code: 2308, label: word } };
    expect(await pimsWords(message)).toEqual(refused({}));
  });

  it('are those of the first error, where there are several', async () => {
    await using pace = await startWith('PACE', reply(403, { errors: [{ id: 'a' }, { id: 'b' }] }));
    expect(await askPins(pace.origin, ['PACE'])).toEqual([forbidden({ id: 'a' })]);
  });
});

describe('A provider that repeats the credential does not give it away', () => {
  it.each([
    ['whole', 'Bearer token-1234', 'Bearer token-1234', struck],
    ['whole and twice', 'Bearer token-1234', 'Bearer token-1234Bearer token-1234', struck + struck],
    ['without its scheme', 'Bearer token-1234', 'bad token: token-1234!', `bad token: ${struck}!`],
    ['where it has no scheme', 'token-1234', '<token-1234>', `<${struck}>`],
    ['where blanks follow its scheme', 'Bearer   token-1234', 'token-1234', struck],
    ['where a tab follows its scheme', 'Bearer\ttoken-1234', 'token-1234', struck],
    ['where it looks like a pattern', 'Bearer a.*$&(b', 'is a.*$&(b good?', `is ${struck} good?`],
  ])('in any of its words: %s', async (_how, credential, said, told) => {
    expect(
      await paceWords({ code: said, title: said, detail: said, id: said }, credential),
    ).toEqual(forbidden({ code: told, title: told, detail: told, id: told }));
    const message = { transactionId: said, status: 'FAILED', error: { code: 2308, label: said } };
    expect(await pimsWords(message, '4711', credential)).toEqual(
      refused({ title: told, id: told }),
    );
  });

  it('even where the client put blanks in front of it, which WebSocket allows', async () => {
    await using pace = await startWith('PACE', reply(403, { errors: [{ title: 'token-1234' }] }));
    await using client = connectWs(pace.origin, { 'x-pace-authorization': '  Bearer token-1234' });
    await using asked = client.subscribe(AccountPinsDocument, {});
    const [payload] = await asked.completed;
    expect(parsePayload(payload)).toEqual({
      data: { account: { pins: [forbidden({ title: struck })] } },
    });
  });

  it('even where the cut goes through it', async () => {
    const said = `${'x'.repeat(249)} Bearer token-1234`;
    expect(await paceWords({ title: said })).toEqual(
      forbidden({ title: `${'x'.repeat(249)} [redac` }),
    );
  });

  it('even as the name of a parameter', async () => {
    const error = { source: { parameter: 'token-1234' } };
    await using pace = await startWith('PACE', reply(400, { errors: [error] }));
    const headers = { 'x-pace-authorization': 'Bearer token-1234' };
    const expected = entryOf('PACE', contract['HTTP 4xx'], {
      parameter: struck,
      upstream: { httpStatus: 400 },
    });
    expect(await askPins(pace.origin, ['PACE'], headers)).toEqual([expected]);
    expect(await askPinSet(pace.origin, undefined, headers)).toEqual(expected);
  });

  it('even as the id of a password that was made', async () => {
    const message = { transactionId: 'token-1234', status: 'SUCCEEDED', result: { otp: '804213' } };
    expect(await pimsWords(message)).toEqual({
      __typename: 'Otp',
      provider: 'PIMS',
      value: '804213',
      transactionId: struck,
    });
  });
});

describe('A provider that repeats the PIN does not give it away', () => {
  const label = 'PIN 4711 (4711) is wrong';

  it('in its label or its id', async () => {
    const message = { transactionId: 'x-4711', status: 'FAILED', error: { code: 2308, label } };
    expect(await pimsWords(message)).toEqual(
      refused({ title: `PIN ${struck} (${struck}) is wrong`, id: `x-${struck}` }),
    );
  });

  it('as the name of a parameter', async () => {
    const error = { code: 2102, label: 'Invalid 4711 parameter' };
    expect(await pimsWords({ status: 'FAILED', error })).toEqual(
      entryOf('PIMS', contract['PIMS 2102'], {
        parameter: struck,
        upstream: { httpStatus: 200, code: '2102', title: `Invalid ${struck} parameter` },
      }),
    );
  });

  it('as its error code', async () => {
    const message = { status: 'FAILED', error: { code: 4711, label: 'Unknown' } };
    expect(await pimsWords(message)).toEqual(
      entryOf('PIMS', contract['PIMS other code'], {
        upstream: { httpStatus: 200, code: struck, title: 'Unknown' },
      }),
    );
  });

  it('and a documented code stays what it is, though the PIN looks like it', async () => {
    const message = { status: 'FAILED', error: { code: 2308, label: 'inwebo: access refused' } };
    expect(await pimsWords(message, '2308')).toEqual(refused({ title: 'inwebo: access refused' }));
  });

  it('in the id of a password that was made', async () => {
    const message = { transactionId: 't-4711', status: 'SUCCEEDED', result: { otp: '804213' } };
    expect(await pimsWords(message)).toMatchObject({
      __typename: 'Otp',
      transactionId: `t-${struck}`,
    });
  });

  it('with characters that have a meaning in patterns and replacements', async () => {
    const pinCode = '$&(.*)[4]\\';
    const message = { status: 'FAILED', error: { code: 2308, label: `got ${pinCode} here` } };
    expect(await pimsWords(message, pinCode)).toEqual(refused({ title: `got ${struck} here` }));
  });

  it('that holds control characters, which are removed from words', async () => {
    const pinCode = '47\u000711';
    const message = { status: 'FAILED', error: { code: 2308, label: `got ${pinCode} here` } };
    expect(await pimsWords(message, pinCode)).toEqual(refused({ title: `got ${struck} here` }));
  });
});

describe("ADM's names of PIN types", () => {
  const typeOf = async (pinType: unknown): Promise<unknown> => {
    const list = { totalRecords: 1, resourceSet: [{ pinType, status: 'SET' }] };
    await using adm = await startWith('ADM', reply(200, list));
    return await askPins(adm.origin, ['ADM'], { 'x-adm-authorization': 'Bearer token-1234' });
  };
  const named = (type: string) => [pinEntry('ADM', type, 'SET')];

  it.each(['Parental', 'ADULT_18+', 'Kauf & Miete – Österreich', '購入', 'PIN/4711', 'Bearer'])(
    'are told as they are: %s',
    async (type) => {
      expect(await typeOf(type)).toEqual(named(type));
    },
  );

  it.each([
    ['the credential', 'Bearer token-1234', struck],
    ['the credential without its scheme', 'for token-1234.', `for ${struck}.`],
    ['control characters', 'Par\r\nen\u0000tal\u001b', 'Par en tal'],
    ['half a character', 'Parental\ud83d', 'Parental\ufffd'],
    ['a novel', '🔑'.repeat(500_000 / 4), '🔑'.repeat(128)],
  ])('lose %s', async (_what, said, told) => {
    expect(await typeOf(said)).toEqual(named(told));
  });

  it.each(['', ' ', '\u0000', '\r\n', null, 7])('are missing where they are %j', async (said) => {
    expect(await typeOf(said)).toEqual([
      entryOf('ADM', contract['broken contract'], { upstream: { httpStatus: 200 } }),
    ]);
  });
});

describe('A FAILED message beside another status than 200', () => {
  const message = {
    status: 'FAILED',
    transactionId: 't-1',
    error: { code: 2308, label: 'refused' },
  };
  const words = { code: '2308', title: 'refused', id: 't-1' };
  const answered = async (status: number, body: unknown): Promise<unknown> => {
    await using pims = await startWith('PIMS', reply(status, body));
    const headers = { 'x-pims-authorization': 'Bearer token-1234' };
    return await askOtp(pims.origin, '4711', headers);
  };

  it.each([
    [400, 'HTTP 4xx'],
    [401, 'PIMS HTTP 401'],
    [403, 'PIMS HTTP 403'],
    [429, 'HTTP 429'],
    [500, 'HTTP 5xx'],
    [302, 'HTTP 1xx or 3xx'],
    [202, 'broken contract'],
  ] as const)('lends its words to the entry of the %i', async (httpStatus, cause) => {
    const upstream = { httpStatus, ...words };
    expect(await answered(httpStatus, message)).toEqual(
      entryOf('PIMS', contract[cause], { upstream }),
    );
  });

  it('gives no secret away', async () => {
    const error = { code: 4711, label: 'PIN 4711 of token-1234\r\n' };
    expect(await answered(500, { ...message, transactionId: '4711', error })).toEqual(
      entryOf('PIMS', contract['HTTP 5xx'], {
        upstream: {
          httpStatus: 500,
          code: struck,
          title: `PIN ${struck} of ${struck}`,
          id: struck,
        },
      }),
    );
  });

  it.each([
    ['a SUCCEEDED one', { status: 'SUCCEEDED', transactionId: 't-1', result: { otp: '804213' } }],
    ['one that breaks the contract', { ...message, error: 'refused' }],
    ['something else', '<html>500</html>'],
  ])('has words to lend, but not %s', async (_what, body) => {
    expect(await answered(500, body)).toEqual(
      entryOf('PIMS', contract['HTTP 5xx'], { upstream: { httpStatus: 500 } }),
    );
  });
});

describe('A failure in the log', () => {
  it("has none of the provider's words, the credential or the PIN", async () => {
    const message = {
      transactionId: 'spoken-id',
      status: 'FAILED',
      error: { code: 2308, label: 'spoken-label' },
    };
    await using pims = await startWith('PIMS', reply(200, message));
    await askOtp(pims.origin, '4711-pin', { 'x-pims-authorization': 'Bearer token-1234' });
    expect(pims.gateway.log()).not.toMatch(/spoken|4711-pin|token-1234/);
    expect(pims.upstream.requests).toHaveLength(1);
  });
});
