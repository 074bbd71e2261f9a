import { randomUUID } from 'node:crypto';

/** The client's id for its request if it is fit to be logged and sent on; otherwise one of ours. */
export const requestIdFrom = (given: unknown, ours: () => string = randomUUID): string =>
  typeof given === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : ours();
