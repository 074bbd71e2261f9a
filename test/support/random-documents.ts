import fc from 'fast-check';

/** Mostly the first. */
const sometimes = (...others: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

const joined = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((each) => each.join(''));

const field = (
  name: string,
  selections: fc.Arbitrary<string> = fc.constant(''),
): fc.Arbitrary<string> =>
  joined(
    sometimes('a: ', 'b: ', '__proto__: ', 'constructor: '),
    fc.constant(name),
    sometimes(' @include(if: $a)', ' @skip(if: $a)', ' @skip(if: false)'),
    selections,
  );

const selectionsOf = (...fields: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof(field('__typename'), ...fields), { minLength: 1, maxLength: 4 })
    .map((some) => ` { ${some.join(' ')} }`);

const provider = selectionsOf(field('name'), field('configured'), field('availability'));
const pin = selectionsOf(
  fc.constantFrom('... on Pin { type status }', '... on ProviderError { code upstream { id } }'),
);
const account = selectionsOf(
  field('pins', pin),
  field('pins(providers: [ADM, PACE])', pin),
  fc.constant('...F'),
);
const query = selectionsOf(
  field('account', account),
  field('providers', provider),
  fc.constantFrom('__schema { queryType { name } }', '... on Query { __typename }'),
);
const mutation = selectionsOf(
  field(
    'generateOtp(input: { pinCode: "1234" })',
    selectionsOf(fc.constant('... on Otp { value }')),
  ),
);
const subscription = selectionsOf(field('pinSet(timeoutSeconds: 1)', selectionsOf()));

/** With whatever the operation needs to be valid; only its fields may contradict each other. */
const whole = (type: string, selections: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  selections.map((text) => {
    const variables = text.includes('$a') ? '($a: Boolean! = true)' : '';
    const fragment = text.includes('...F') ? ' fragment F on Account { pins { __typename } }' : '';
    return `${type} Q${variables}${text}${fragment}`;
  });

/** Nearly always valid, and a query. */
export const queryDocuments = whole('query', query);

const validDocuments = fc.oneof(
  { weight: 3, arbitrary: queryDocuments },
  { weight: 1, arbitrary: whole('mutation', mutation) },
  { weight: 1, arbitrary: whole('subscription', subscription) },
);

const tokens = fc.constantFrom(
  ...['{', '}', '(', ')', '[', ']', ':', '=', '!', '|', '&', '@', '...', '$', '$a', 'on', 'query'],
  ...['mutation', 'subscription', 'fragment', 'F', 'extend', 'type', 'schema', 'true', 'null'],
  ...['account', 'pins', 'pinSet', '__typename', '__proto__', 'input', 'if', '@include', '@defer'],
  ...['1', '-0', '1e999', '99999999999', '"x"', '"', '"""', '\\u{110000}', '#', '\n', '\ufeff'],
  ...['\0', '\ud800', '🔒', ' ', ',', '{a'.repeat(9_000), '['.repeat(9_000), 'a '.repeat(3_000)],
);

/** Valid ones, into which something has got. */
const spoiledDocuments = fc
  .tuple(validDocuments, fc.array(fc.tuple(fc.nat(150), fc.nat(5), tokens), { minLength: 1 }))
  .map(([text, changes]) =>
    changes.reduce(
      (all, [at, missing, token]) => all.slice(0, at) + token + all.slice(at + missing),
      text,
    ),
  );

/** Texts of any kind, most of them like a document. */
export const anyDocument = fc.oneof(
  { weight: 4, arbitrary: validDocuments },
  { weight: 4, arbitrary: spoiledDocuments },
  { weight: 2, arbitrary: fc.array(tokens, { maxLength: 30 }).map((some) => some.join(' ')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);
