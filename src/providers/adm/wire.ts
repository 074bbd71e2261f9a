import type { Pin, PinLock, PinRequirement, PinStatus } from '../../pins.ts';
import { isObject, parseJson, type JsonObject } from '../json.ts';
import type { PinResult } from '../provider.ts';
import type { Words } from '../words.ts';
import { admBrokenContract } from './errors.ts';

/** Where ADM tells the status of every PIN of the account (adm-pins-status). */
export const pinStatusPath = '/adm/v1/user/accounts/pins/status';

/** The largest number of seconds that the graph's Int can carry. */
const maxSeconds = 2 ** 31 - 1;

/**
 * Reads the body of a 200: an entry for each item, in ADM's order. An item that breaks the contract
 * becomes an error in its place, and the others stay; so does a list shorter than its own count.
 *
 * @param receivedAt the instant that remaining lock times count from
 * @param words takes the names of the PIN types: they are an open set, and so ADM's own words
 */
export function parsePinStatuses(body: string, receivedAt: Date, words: Words): PinResult[] {
  const message = parseJson(body);
  if (!isObject(message) || !Array.isArray(message['resourceSet'])) return [admBrokenContract()];
  const items: readonly unknown[] = message['resourceSet'];
  const results = items.map((item) => parsePin(item, receivedAt, words) ?? admBrokenContract());
  if (!isWhole(message['totalRecords'], items.length)) results.push(admBrokenContract());
  return results;
}

// A count that is not there claims nothing; one that is not a number breaks the contract.
const isWhole = (totalRecords: unknown, count: number): boolean =>
  totalRecords === undefined || (typeof totalRecords === 'number' && totalRecords <= count);

function parsePin(item: unknown, receivedAt: Date, words: Words): Pin | null {
  if (!isObject(item)) return null;
  const type = words(item['pinType'], 'type');
  const status = item['status'];
  if (type === null || !isPinStatus(status)) return null;
  const requirement = parseRequirement(item['extendedStatus']);
  const lock = status === 'LOCKED' ? parseLock(item, receivedAt) : null;
  if (requirement === undefined || lock === undefined) return null;
  return { kind: 'Pin', provider: 'ADM', type, status, requirement, lock };
}

const isPinStatus = (value: unknown): value is PinStatus =>
  value === 'UNSET' || value === 'SET' || value === 'LOCKED';

/** Null when ADM does not say; undefined when what it says breaks the contract. */
function parseRequirement(value: unknown): PinRequirement | null | undefined {
  if (value === undefined || value === null) return null;
  return value === 'MANDATORY' || value === 'OPTIONAL' ? value : undefined;
}

/** The lock of a LOCKED item; undefined when its time breaks the contract. */
function parseLock({ lockTimeRemaining }: JsonObject, receivedAt: Date): PinLock | undefined {
  if (lockTimeRemaining === undefined || lockTimeRemaining === null) {
    return { remainingSeconds: null, until: null };
  }
  if (typeof lockTimeRemaining !== 'number') return undefined;
  const remainingSeconds = Math.ceil(lockTimeRemaining);
  if (!(remainingSeconds >= 0 && remainingSeconds <= maxSeconds)) return undefined;
  return { remainingSeconds, until: new Date(receivedAt.getTime() + remainingSeconds * 1000) };
}
