import { STATUS_CODES } from 'node:http';
import type { Problem } from './problem.ts';

/** What a simulator answers. */
export interface Reply {
  /** The HTTP status. */
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The text of the body; without it the body is empty. */
  readonly body?: string;
}

/** A reply with a JSON body. */
export function jsonReply(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(value),
  };
}

/** A refusal as plain JSON. The documents of ADM and PIMS give the statuses and no body for them. */
export function plainProblem({ status, detail, headers }: Problem): Reply {
  return jsonReply(status, { error: statusTitle(status), detail }, headers);
}

/** The standard phrase of an HTTP status. */
export function statusTitle(status: number): string {
  return STATUS_CODES[status] ?? `Status ${status}`;
}
