import { Accounts } from './accounts.ts';
import { type AdmAccount, type AdmPin, openAdmAccount } from './adm-account.ts';
import type { Clock } from './clock.ts';
import { controlPrefix } from './controls.ts';
import { member } from './json.ts';
import { refuse } from './problem.ts';
import type { Provider } from './provider.ts';
import { jsonReply, plainProblem } from './reply.ts';

/** The body of the ADM calls that change a PIN (public docs, "Add or reset the PIN on an account"). */
const oneModified = { matchedCount: 1, modifiedCount: 1 };

/** The simulated Account and Device Manager. */
export function admProvider(clock: Clock): Provider {
  const accounts = new Accounts((seed, id) => openAdmAccount(seed, id, clock));

  const ownAccount = (authorization: string | undefined): AdmAccount =>
    accounts.signIn(authorization).state ?? refuse(404, 'The account does not exist.');

  return {
    name: 'ADM',
    describeProblem: plainProblem,
    state: () => ({}),
    routes: [
      {
        method: 'GET',
        path: '/adm/v1/user/accounts/pins/status',
        handle({ authorization }) {
          const resourceSet = ownAccount(authorization).pins.map((pin) => pin.describe());
          return jsonReply(200, { totalRecords: resourceSet.length, resourceSet });
        },
      },
      {
        method: 'POST',
        path: '/adm/v1/user/accounts/actions/pin',
        async handle({ authorization, readJson }) {
          const account = ownAccount(authorization);
          const body = await readJson();
          const accountId = text(body, 'accountId');
          const { pin, value } = pinEntry(account, body);
          if (accountId !== account.accountId) refuse(404, 'The account does not exist.');
          if (pin.describe().status === 'LOCKED') refuse(400, 'A locked PIN cannot be changed.');
          pin.set(value);
          return jsonReply(201, oneModified);
        },
      },
      {
        method: 'PUT',
        path: '/adm/v1/accounts/actions/{accountId}/pin',
        async handle({ authorization, pathParameters, readJson }) {
          // An operator's call: whoever is signed in may make it, for any account.
          accounts.signIn(authorization);
          const account = accounts.find(pathParameters.get('accountId') ?? '');
          if (!account) return refuse(404, 'The account does not exist.');
          const { pin, value } = pinEntry(account, await readJson());
          pin.set(value);
          return jsonReply(200, oneModified);
        },
      },
    ],
    controls: [
      {
        method: 'POST',
        path: `${controlPrefix}pin-entries`,
        async handle({ authorization, readJson }) {
          const account = ownAccount(authorization);
          const { pin, value } = pinEntry(account, await readJson());
          const correct = pin.enter(value);
          return jsonReply(200, { correct, ...pin.describe() });
        },
      },
    ],
  };
}

/** Reads `{type, value}`; refuses with 400 what is malformed and with 404 an unknown PIN type. */
function pinEntry(account: AdmAccount, body: unknown): { pin: AdmPin; value: string } {
  const type = text(body, 'type');
  const value = text(body, 'value');
  if (!/^\d{4}$/.test(value)) refuse(400, '"value" must be 4 digits.');
  // The documents write "Parental" in answers and "parental" in requests.
  const pin = account.pins.find(({ pinType }) => pinType.toLowerCase() === type.toLowerCase());
  return { pin: pin ?? refuse(404, 'The PIN type does not exist.'), value };
}

function text(body: unknown, name: string): string {
  const value = member(body, name);
  return typeof value === 'string' && value !== '' ? value : refuse(400, `"${name}" is missing.`);
}
