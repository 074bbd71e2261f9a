/** What a new query or mutation is told, over every transport, while the gateway shuts down. */
export const drainingRefusal = {
  message: 'This gateway is shutting down.',
  extensions: { code: 'DRAINING' },
};
