import { afterEach, beforeEach, expect } from 'vitest';
import { startByClock, type Simulators } from '../../src/simulators/start.ts';
import { ManualClock } from './manual-clock.ts';

/** What a simulator answered: the whole of it that a client can see. */
export interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  /** The parsed JSON, or the text where it is not JSON. */
  readonly body: unknown;
  readonly headers: Headers;
}

/** The simulators of the test that runs, with a clock that only the test moves. */
export interface Harness {
  readonly clock: ManualClock;
  readonly urls: Simulators['urls'];
  readonly dispose: () => Promise<void>;
}

/** Starts fresh simulators before each test and ends them after it. */
export function simulatorsPerTest(): Harness {
  let clock = new ManualClock();
  let simulators: Simulators | undefined;
  beforeEach(async () => {
    clock = new ManualClock();
    simulators = await startByClock({}, clock);
  });
  afterEach(() => simulators?.[Symbol.asyncDispose]());
  return {
    get clock() {
      return clock;
    },
    get urls() {
      if (simulators === undefined) throw new Error('The simulators run only within a test.');
      return simulators.urls;
    },
    dispose: async () => simulators?.[Symbol.asyncDispose](),
  };
}

/** One request; `token` goes into the Authorization header, `body` is sent as JSON. */
export async function call(
  method: string,
  url: string,
  options: { token?: string; body?: unknown; rawBody?: string; signal?: AbortSignal } = {},
): Promise<Answer> {
  const { token, body, rawBody, signal } = options;
  const content = rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(content !== undefined && { body: content }),
    ...(signal !== undefined && { signal }),
  });
  expect(response.headers.get('x-simulated')).toBe('true');
  const text = await response.text();
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    body: parsed(text),
    headers: response.headers,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The status and the body of an answer. */
export function essence({ status, body }: Answer): { status: number; body: unknown } {
  return { status, body };
}

/** What `GET /_simulator/state` tells. */
export async function stateOf(url: string): Promise<unknown> {
  return (await call('GET', `${url}/_simulator/state`)).body;
}

/** Resolves when this number of polls is open at PACE. */
export async function untilOpenPolls(paceUrl: string, openPolls: number): Promise<void> {
  await expect
    .poll(() => stateOf(paceUrl), { interval: 5, timeout: 10_000 })
    .toMatchObject({ openPolls });
}

/** Stands for any text that fits the pattern. */
export function textLike(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}

/** Stands for any text. */
export const anyText = textLike(/./);

/** The document of a JSON:API refusal with one error. */
export function jsonApiDocument(error: {
  status: string;
  title: string;
  detail: unknown;
  code?: string;
  source?: unknown;
}): unknown {
  return { errors: [{ id: textLike(/^[0-9a-f]{20}$/), code: '1000', ...error }] };
}
