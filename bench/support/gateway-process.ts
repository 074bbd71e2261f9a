import { fileURLToPath } from 'node:url';
import { startServer, type ServerCommand, type ServerProcess } from './server-process.ts';

/** Which gateway, and what beside the settings it is run with. */
export interface GatewayOptions {
  /** Path of the built gateway's command line; by default ../dist/cli.js. */
  readonly gatewayCli?: string;
  /** Options to Node. */
  readonly nodeArgs?: readonly string[];
}

const builtCli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** How the gateway is run, with these settings: on a free port, logging as it would in production. */
export const gatewayCommand = (
  { gatewayCli = builtCli, nodeArgs = [] }: GatewayOptions,
  settings: Readonly<Record<string, string>>,
): ServerCommand => ({
  args: [...nodeArgs, gatewayCli, 'serve'],
  env: { PORT: '0', LOG_LEVEL: 'info', ...settings },
  readyLine: /"url":"([^"]+)","msg":"listening"/,
});

/** Starts it. */
export const startGateway = (
  options: GatewayOptions,
  settings: Readonly<Record<string, string>>,
): Promise<ServerProcess> => startServer(gatewayCommand(options, settings));
