/**
 * Takes the client's values out of a message of graphql-js, which repeats what it could not use:
 * `Variable "$pin" got invalid value 1234; …`. That may be a PIN, sent as a number, in the wrong
 * place or with a typing error, and messages end up in consoles and logs.
 *
 * A message that holds a value is not edited but told again, from type and field names alone; one
 * that holds none stays as it is.
 */
export function concealValues(message: string): string {
  if (message.startsWith(syntaxError)) return `${syntaxError}${syntaxReason(message)}.`;

  const variable = /^Variable ("\$\w+") got invalid value /.exec(message);
  if (variable) {
    const place = / at ("\w+(?:\.\w+|\[\d+\])+"); /.exec(message)?.[1];
    const at = place === undefined ? '' : ` at ${place}`;
    return `Variable ${variable[1]} got an invalid value${at}${reasonOf(message)}.`;
  }

  const literal = /^Expected value of type ("[\w![\]]+"), found /.exec(message);
  if (literal) return `Expected another value of type ${literal[1]}${reasonOf(message)}.`;

  const isAboutValue = /^(?:Enum "\w+"|\w+) cannot represent |^Value ".*" does not exist in /s;
  return isAboutValue.test(message) ? `Invalid value${reasonOf(message)}.` : message;
}

const syntaxError = 'Syntax Error: ';

/** What was expected and which kind of token came instead, without the token. */
function syntaxReason(message: string): string {
  const text = message.slice(syntaxError.length);
  const mismatch =
    /^(?:Expected (?:"[^"]{1,12}"|\w+), found|Unexpected) (?:<\w+>|\w+|"[!$&().:=@[\]{|}]{1,3}")/.exec(
      text,
    );
  if (mismatch) return mismatch[0];
  return /^[^":,.]*/.exec(text)?.[0] ?? '';
}

/** Why graphql-js, or a scalar of ours, does not like a value: all that may be said of it. */
const reasons: readonly RegExp[] = [
  /A PinCode is a string of 1 to 64 characters/,
  /(?:Int|Float|String|Boolean|ID) cannot represent (?:a )?non[a-z0-9 -]* value/,
  /Enum "\w+" cannot represent/,
  /does not exist in "\w+" enum/,
  /Expected non-nullable type "[\w![\]]+" not to be null/,
  /Expected type "\w+" to be an object/,
  /Field "\w+" of required type "[\w![\]]+" was not provided/,
  /Field "\w+" is not defined by type "\w+"/,
];

function reasonOf(message: string): string {
  for (const reason of reasons) {
    const match = reason.exec(message);
    if (match) return `: ${match[0]}`;
  }
  return '';
}
