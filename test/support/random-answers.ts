import fc from 'fast-check';

/** A credential as a client sends it: long enough that nobody writes it by chance. */
export const credentials = fc
  .tuple(
    fc.constantFrom('Bearer ', 'Basic ', 'bearer\t', ''),
    fc.string({
      unit: fc.constantFrom(...Array.from('ABCDEFGHabcdefgh0123456789-._~+/=$^*()[]{}|\\& ')),
      minLength: 12,
      maxLength: 40,
    }),
  )
  .map(([scheme, token]) => `${scheme}k${token.trim()}z0123456789`);

const halves = fc.constantFrom('\ud83d', '\udc00');
const controls = fc.constantFrom('\u0000', '\r\n', '\u001b[31m', '\u0085');
const anyCharacter = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 });

/** Text that says `secret` somewhere, or not, between characters of every kind. */
export const textAround = (secret: string): fc.Arbitrary<string> => {
  const spellings = fc.constantFrom(
    secret,
    secret.replace(/^\S+\s/, ''),
    secret.replaceAll(' ', '\u0001'),
  );
  const piece = fc.oneof(spellings, halves, controls, fc.constant(' '), anyCharacter);
  return fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
};

/** Any JSON value whose texts may say `secret`. */
export const jsonAround = (secret: string): fc.Arbitrary<unknown> => {
  const leaf = fc.oneof(
    { weight: 4, arbitrary: textAround(secret) },
    fc.constantFrom(null, true, false, 0, -1, 1e308, 5e-324, 2 ** 53),
    fc.double(),
    fc.integer(),
  );
  return fc.oneof(
    { weight: 6, arbitrary: leaf },
    fc.array(leaf, { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('__proto__', 'constructor', 'code', 'length'), leaf),
  );
};

/** An object with these fields: sometimes right, sometimes missing, sometimes anything. */
export function objectWith(
  secret: string,
  fields: Readonly<Record<string, readonly unknown[]>>,
): fc.Arbitrary<unknown> {
  const model = Object.fromEntries(
    Object.entries(fields).map(([name, right]) => [
      name,
      fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...right) },
        { weight: 2, arbitrary: jsonAround(secret) },
      ),
    ]),
  );
  return fc.oneof(
    { weight: 6, arbitrary: fc.record(model, { requiredKeys: [] }) },
    { weight: 1, arbitrary: jsonAround(secret) },
  );
}

/** What a provider may answer: nearly always JSON of this value, at times cut or spoilt. */
export const bodyOf = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 8, arbitrary: value.map((one) => JSON.stringify(one)) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(value, fc.nat(200))
        .map(([one, length]) => JSON.stringify(one).slice(0, length)),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  );
