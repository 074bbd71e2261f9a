import { Accounts } from './accounts.ts';
import type { Clock } from './clock.ts';
import { isObject, member } from './json.ts';
import { failed, isFailureCode, type PimsMessage, succeeded } from './pims-messages.ts';
import { PinLock } from './pin-lock.ts';
import type { Provider } from './provider.ts';
import { jsonReply, plainProblem } from './reply.ts';

/** How long three wrong PINs block an account, in milliseconds; the document leaves it open. */
const blockMs = 60_000;

interface PimsAccount {
  readonly pinCode: string;
  readonly lock: PinLock;
}

/** The simulated PIMS core behind its HTTP bridge: one call, which carries the messages. */
export function pimsProvider(clock: Clock): Provider {
  const accounts = new Accounts<PimsAccount>(({ pims }) => ({
    pinCode: pims.pinCode,
    lock: new PinLock(clock, blockMs),
  }));
  return {
    name: 'PIMS',
    describeProblem: plainProblem,
    state: () => ({}),
    controls: [],
    routes: [
      {
        method: 'POST',
        path: '/pims/get',
        async handle({ authorization, readJson }) {
          const account = accounts.signIn(authorization).state;
          return jsonReply(200, otpWithPin(account, await readJson()));
        },
      },
    ],
  };
}

/** Answers the message `pims.authentication.otp` with the action `withPIN`. */
function otpWithPin(account: PimsAccount, message: unknown): PimsMessage {
  return malformed(message) ?? otpFor(account, member(message, 'parameters', 'pinCode'));
}

/** The failure of the first part of the message that is missing or not what it must be. */
function malformed(message: unknown): PimsMessage | undefined {
  const part = messageParts.find(({ path, isValid }) => !isValid(member(message, ...path)));
  if (part === undefined) return undefined;
  const isMissing = member(message, ...part.path) === undefined;
  return failed(isMissing ? 2101 : 2102, part.path.at(-1));
}

const messageParts: readonly {
  readonly path: readonly string[];
  readonly isValid: (value: unknown) => boolean;
}[] = [
  { path: ['api'], isValid: (value) => value === 'pims.authentication.otp' },
  { path: ['parameters'], isValid: isObject },
  { path: ['parameters', 'action'], isValid: (value) => value === 'withPIN' },
  // A String in the document: the number 1234 is not a PIN, as it could not start with a zero.
  {
    path: ['parameters', 'pinCode'],
    isValid: (value) => typeof value === 'string' && /^\d{4}$/.test(value),
  },
];

function otpFor({ pinCode, lock }: PimsAccount, given: unknown): PimsMessage {
  const code = Number(given);
  if (isFailureCode(code)) return failed(code);
  if (lock.remainingMs() > 0) return failed(2310);
  const right = given === pinCode;
  lock.record(right);
  if (right) return succeeded();
  return failed(lock.remainingMs() > 0 ? 2310 : 2308);
}
