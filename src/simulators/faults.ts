import { isObject } from './json.ts';
import { refuse } from './problem.ts';

/** What goes wrong with the next requests, apart from those to `/_simulator`. */
export type Fault =
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number };

/** A fault and the number of requests it still meets; without `times` it stays until removed. */
export type TimedFault = Fault & { readonly times?: number };

const dayMs = 86_400_000;

/** Reads a fault from the body of `PUT /_simulator/fault`; refuses with 400 and says what is wrong. */
export function parseFault(body: unknown): TimedFault {
  if (!isObject(body)) refuse(400, 'The body must be a JSON object with a "kind".');
  const times = integer(body, 'times', 1, Number.MAX_SAFE_INTEGER);
  return { ...parseKind(body), ...(times !== undefined && { times }) };
}

function parseKind(body: Readonly<Record<string, unknown>>): Fault {
  const kind = body['kind'];
  switch (kind) {
    case 'slow': {
      onlyMembers(body, 'delayMs');
      const delayMs = integer(body, 'delayMs', 0, dayMs);
      return { kind, delayMs: delayMs ?? refuse(400, 'The kind "slow" needs "delayMs".') };
    }
    case 'hang':
    case 'reset':
    case 'garbage':
      onlyMembers(body);
      return { kind };
    case 'status': {
      onlyMembers(body, 'status', 'retryAfterSeconds');
      const status = integer(body, 'status', 200, 599);
      const retryAfterSeconds = integer(body, 'retryAfterSeconds', 0, dayMs / 1000);
      return {
        kind,
        status: status ?? refuse(400, 'The kind "status" needs "status".'),
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      };
    }
    default:
      return refuse(400, '"kind" must be one of slow, hang, reset, garbage, status.');
  }
}

/** A misspelt "times" would leave a fault in force for ever: what is not understood is refused. */
function onlyMembers(body: Readonly<Record<string, unknown>>, ...allowed: string[]): void {
  const known = ['kind', 'times', ...allowed];
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  refuse(400, `"${unknown}" is not known here; known are ${known.join(', ')}.`);
}

function integer(
  body: Readonly<Record<string, unknown>>,
  name: string,
  from: number,
  to: number,
): number | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) {
    return value;
  }
  return refuse(400, `"${name}" must be a whole number from ${from} to ${to}.`);
}

/** The fault in force at one simulator, if any. */
export class FaultSwitch {
  #fault: TimedFault | null = null;

  /** The fault in force, with the number of requests it still meets; `null` when all is well. */
  get current(): TimedFault | null {
    return this.#fault;
  }

  /** Puts a fault in force in place of the one before; `null` removes it. */
  set(fault: TimedFault | null): void {
    this.#fault = fault;
  }

  /** The fault that meets this request, counted down. */
  take(): Fault | null {
    const fault = this.#fault;
    if (fault?.times !== undefined) {
      this.#fault = fault.times > 1 ? { ...fault, times: fault.times - 1 } : null;
    }
    return fault;
  }
}
