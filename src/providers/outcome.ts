import { causeOfStatus, type ErrorCause, type ErrorDetails } from '../error-mapping.ts';
import type { ProviderName } from '../pins.ts';
import type { HttpOutcome } from './http.ts';

/** A whole answer with the one status that every provider's document calls success. */
export const isOk = (outcome: HttpOutcome): outcome is HttpOutcome & { kind: 'answer' } =>
  outcome.kind === 'answer' && outcome.status === 200;

/** What comes of a request that has not been refused by the gateway itself. */
type AskedOutcome = Exclude<HttpOutcome, { kind: 'refused' }>;

/** Whether it tells anything of the provider: what the gateway itself refused or gave up does not. */
export const isFromProvider = (outcome: HttpOutcome): outcome is AskedOutcome =>
  outcome.kind === 'answer' || (outcome.kind !== 'refused' && outcome.by !== 'abort');

/** What the gateway's own system was short of: descriptors, ports or memory for one more connection. */
const shortages = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM']);

/** Whether nothing was asked for want of means of our own, however well the provider may be. */
export const isShortage = (outcome: HttpOutcome): boolean =>
  outcome.kind === 'no answer' && shortages.has(outcome.reason);

/**
 * In what way the provider failed, for an operator to read; null when it did not: a status of 4xx says
 * that the caller did, however little has come of its body.
 */
export function failureOf(outcome: HttpOutcome): string | null {
  if (!isFromProvider(outcome)) return null;
  if (outcome.kind === 'answer') return outcome.status >= 500 ? `HTTP ${outcome.status}` : null;
  const isCallers = outcome.kind === 'cut off' && isClientErrorStatus(outcome.status);
  return isCallers ? null : outcome.reason;
}

/** The row for a request that only reads and did not end {@link isOk}. */
export function causeOfFailedRead(provider: ProviderName, outcome: HttpOutcome): ErrorCause {
  if (outcome.kind === 'refused') return outcome.by;
  const cause = causeOfAnswer(provider, outcome);
  if (cause !== null) return cause;
  if (outcome.kind !== 'answer' && outcome.by === 'deadline') return 'deadline passed';
  if (outcome.kind === 'no answer' && outcome.by === 'garbage') return 'broken contract';
  return 'connection failed';
}

/**
 * The row for a request that must not be repeated and did not end {@link isOk}: without an answer,
 * what matters is whether the provider may have seen it.
 */
export function causeOfFailedWrite(provider: ProviderName, outcome: HttpOutcome): ErrorCause {
  if (outcome.kind === 'refused') return outcome.by;
  const cause = causeOfAnswer(provider, outcome);
  if (cause !== null) return cause;
  return outcome.kind === 'no answer' && !outcome.sent ? 'failed before sent' : 'outcome unknown';
}

/** The row where the answer itself decides, as far as there is one; null where its loss decides. */
function causeOfAnswer(provider: ProviderName, outcome: AskedOutcome): ErrorCause | null {
  if (outcome.kind === 'answer') return causeOfStatus(provider, outcome.status);
  // Of a failure the status alone says enough, however much of its body is missing.
  if (outcome.kind === 'cut off' && !isSuccessStatus(outcome.status)) {
    return causeOfStatus(provider, outcome.status);
  }
  if (outcome.by === 'interim') return 'HTTP 1xx or 3xx';
  // A success that ended too soon is truncated; one that came too late is late.
  const isLate = outcome.by === 'deadline' || outcome.by === 'abort';
  return outcome.kind === 'cut off' && !isLate ? 'broken contract' : null;
}

const isClientErrorStatus = (status: number): boolean => status >= 400 && status <= 499;

const isSuccessStatus = (status: number): boolean => status >= 200 && status <= 299;

/** What the HTTP answer tells a client beyond the row: its status, and how long to wait. */
export function detailsOf(outcome: HttpOutcome): ErrorDetails {
  if (outcome.kind === 'refused') return { retryAfterSeconds: outcome.retryAfterSeconds };
  if (outcome.kind === 'no answer') return {};
  const { status: httpStatus, retryAfterSeconds } = outcome;
  return {
    upstream: { httpStatus, code: null, title: null, detail: null, id: null },
    retryAfterSeconds: mayAskToWait(httpStatus) ? retryAfterSeconds : null,
  };
}

const mayAskToWait = (status: number): boolean => status === 429 || status >= 500;
