import { randomBytes } from 'node:crypto';
import type { Problem } from './problem.ts';
import { type Reply, statusTitle } from './reply.ts';

/** The code of the PACE document for whatever has no code of its own ("1000: generic error"). */
const genericError = '1000';

/**
 * A refusal as PACE words it: a JSON:API document with one error object. Its members are those of
 * the PACE document ("Hide errors attributes").
 */
export function jsonApiProblem(problem: Problem): Reply {
  const { status, detail, code = genericError, parameter, pointer, headers } = problem;
  const source = parameter === undefined ? pointer && { pointer } : { parameter };
  const error = {
    id: randomBytes(10).toString('hex'),
    title: titles.get(code) ?? statusTitle(status),
    detail,
    status: String(status),
    code,
    ...(source && { source }),
  };
  return {
    status,
    headers: { 'content-type': 'application/vnd.api+json', ...headers },
    body: JSON.stringify({ errors: [error] }),
  };
}

/** The code of the one PACE refusal that a client has to tell from its neighbours. */
export const missingLinkedIdentity = 'missing-linked-identity';

const titles: ReadonlyMap<string, string> = new Map([
  [missingLinkedIdentity, 'Missing linked identity for authorized access'],
]);
