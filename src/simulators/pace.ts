import { Accounts } from './accounts.ts';
import type { Clock } from './clock.ts';
import { controlPrefix } from './controls.ts';
import { member } from './json.ts';
import { jsonApiProblem, missingLinkedIdentity } from './json-api.ts';
import { PaceAccount, weaknessOf } from './pace-account.ts';
import { PinPolls } from './pin-polls.ts';
import { refuse } from './problem.ts';
import type { Provider } from './provider.ts';
import { jsonReply } from './reply.ts';

/** The longest a poll may ask to be held, in seconds (PACE document: 1 to 60). */
const longestPollSeconds = 60;

/** The simulated PACE user API. */
export function paceProvider(clock: Clock): Provider {
  const accounts = new Accounts((seed, id) => new PaceAccount(seed, id, clock));
  const polls = new PinPolls<PaceAccount>(clock);

  const ownAccount = (authorization: string | undefined): PaceAccount => {
    const account = accounts.signIn(authorization).state;
    if (account.linkedIdentity) return account;
    return refuse(
      401,
      'Linked identity is needed to access this resource, please check why the user does not have a linked identity',
      { code: missingLinkedIdentity },
    );
  };

  return {
    name: 'PACE',
    describeProblem: jsonApiProblem,
    state: () => ({ openPolls: polls.open }),
    routes: [
      {
        method: 'GET',
        path: '/user/pin',
        async handle({ authorization, query, gone }) {
          const account = ownAccount(authorization);
          const timeoutSeconds = pollSeconds(query);
          const isSet =
            account.isPinSet ||
            (timeoutSeconds > 0 && (await polls.hold(account, timeoutSeconds * 1000, gone)));
          return isSet ? { status: 200 } : refuse(404, 'The user has no PIN.');
        },
      },
      {
        method: 'PUT',
        path: '/user/pin',
        async handle({ authorization, readJson }) {
          const account = ownAccount(authorization);
          const { pin, otp } = pinDocument(await readJson());
          if (!account.accepts(otp)) refuse(403, 'The OTP is not valid.', otpPointer);
          const weakness = weaknessOf(pin);
          if (weakness !== undefined) refuse(406, weakness, pinPointer);
          account.setPin(pin);
          polls.announce(account);
          return { status: 200 };
        },
      },
      {
        method: 'POST',
        path: '/user/otp',
        async handle({ authorization, readJson }) {
          const account = ownAccount(authorization);
          const body = await readJson();
          const issued = account.issueOtp(member(body, 'password'), member(body, 'pin'));
          if (issued === undefined) refuse(422, 'Neither the password nor the PIN is right.');
          return jsonReply(201, issued);
        },
      },
    ],
    controls: [
      {
        method: 'DELETE',
        path: `${controlPrefix}pin`,
        handle({ authorization }) {
          ownAccount(authorization).unsetPin();
          return { status: 204 };
        },
      },
    ],
  };
}

/** How long the poll asks to be held, in seconds; 0 where it asks for an answer at once. */
function pollSeconds(query: URLSearchParams): number {
  const values = query.getAll('timeout');
  if (values.length === 0) return 0;
  const seconds = /^\d{1,2}$/.test(values.join()) ? Number(values.join()) : 0;
  if (seconds >= 1 && seconds <= longestPollSeconds) return seconds;
  return refuse(400, `"timeout" must be a whole number from 1 to ${longestPollSeconds}.`, {
    parameter: 'timeout',
  });
}

const pinPointer = { pointer: '/data/attributes/pin' };
const otpPointer = { pointer: '/data/attributes/otp' };

/** Reads `{data: {type: "pin", attributes: {pin, otp}}}`. */
function pinDocument(body: unknown): { pin: string; otp: string } {
  if (member(body, 'data', 'type') !== 'pin') {
    refuse(400, 'The type must be "pin".', { pointer: '/data/type' });
  }
  const pin = member(body, 'data', 'attributes', 'pin');
  if (typeof pin !== 'string') return refuse(400, 'The PIN is missing.', pinPointer);
  const otp = member(body, 'data', 'attributes', 'otp');
  if (typeof otp !== 'string') return refuse(400, 'The OTP is missing.', otpPointer);
  return { pin, otp };
}
