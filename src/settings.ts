import * as v from 'valibot';

/** A whole number within bounds. */
export const wholeNumber = (from: number, to: number, byDefault: number) => {
  const expectation = `has to be a whole number from ${from} to ${to}`;
  return v.pipe(
    v.optional(v.string(), String(byDefault)),
    v.regex(/^\d{1,15}$/, expectation),
    v.transform(Number),
    v.minValue(from, expectation),
    v.maxValue(to, expectation),
  );
};

/** One of a few words. */
export const oneOf = <const Words extends readonly string[]>(
  words: Words,
  byDefault: Words[number],
) => v.optional(v.picklist(words, `has to be one of ${words.join(', ')}`), byDefault);

/** A switch. */
export const onOff = (byDefault: boolean) =>
  v.pipe(
    v.optional(v.string(), byDefault ? 'on' : 'off'),
    v.toLowerCase(),
    v.picklist(['on', 'true', '1', 'off', 'false', '0'], 'has to be on or off'),
    v.transform((value) => value === 'on' || value === 'true' || value === '1'),
  );

/** The base address of a provider. Its message never repeats the value: it may hold a password. */
export const address = v.optional(
  v.pipe(
    v.string(),
    v.check(
      isBaseAddress,
      'has to be an http or https address without credentials, query or fragment',
    ),
    v.transform((value) => new URL(value)),
  ),
);

function isBaseAddress(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  const isHttp = protocol === 'http:' || protocol === 'https:';
  return isHttp && username === '' && password === '' && !/[?#]/.test(value);
}

/** The name of an HTTP header that the gateway does not use for something else. */
export const headerName = (byDefault: string) =>
  v.pipe(
    v.optional(v.string(), byDefault),
    v.toLowerCase(),
    v.regex(/^[!#$%&'*+.^_`|~0-9a-z-]+$/, 'has to be the name of an HTTP header'),
    v.check((name) => !takenHeaders.has(name), 'has to be a header that nothing else needs'),
  );

const takenHeaders = new Set([
  'accept',
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'nv-tenant-id',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-correlation-id',
  'x-request-id',
]);

/** What may stand as the value of an HTTP header, blanks at the ends aside. */
export const headerValue = v.optional(
  v.pipe(v.string(), v.trim(), v.regex(/^[\x20-\x7e]+$/, 'has to be printable ASCII')),
);

/** Origins, separated by commas, each as a browser spells it. */
export const origins = v.pipe(
  v.optional(v.string(), ''),
  v.transform((value) => value.split(',').map((origin) => origin.trim())),
  v.filterItems((origin) => origin !== ''),
  v.everyItem(isOrigin, 'has to be origins like https://app.example.com, separated by commas'),
);

const isOriginOf = (value: string): boolean => new URL(value).origin === value;

function isOrigin(value: string): boolean {
  return /^https?:/.test(value) && URL.canParse(value) && isOriginOf(value);
}
