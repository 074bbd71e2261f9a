import type { GatewayDrainingError } from '../errors.ts';

/** The subscribers of one gateway come back spread over this time, not all at once. */
const spreadSeconds = 10;

/** What a subscriber is told when the gateway shuts down. Each gets a wait of its own. */
export const drainingError = (): GatewayDrainingError => ({
  kind: 'GatewayDrainingError',
  message: 'This gateway is shutting down. Subscribe again after the given time.',
  code: 'DRAINING',
  retryAfterSeconds: 1 + Math.floor(Math.random() * spreadSeconds),
});
