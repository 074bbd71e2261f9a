import { fileURLToPath } from 'node:url';
import { gatewayCommand, type GatewayOptions } from './support/gateway-process.ts';
import type { ServerCommand } from './support/server-process.ts';

/** The servers of the query benchmark. */
export const serverNames = ['gateway', 'aggregator', 'mercurius', 'apollo', 'yoga'] as const;

/** One of them. */
export type ServerName = (typeof serverNames)[number];

/** Where the upstreams are. */
export interface UpstreamUrls {
  readonly adm: string;
  readonly pace: string;
}

/** How a file of this folder is run that prints an address as its first line. */
const script = (path: string) => ({
  args: [fileURLToPath(new URL(path, import.meta.url))],
  readyLine: /^(http:\S+)$/,
});

/** How a server is started in front of the upstreams. */
export function commandFor(
  name: ServerName,
  { adm, pace }: UpstreamUrls,
  gatewayOptions: GatewayOptions,
): ServerCommand {
  const env = { ADM_URL: adm, PACE_URL: pace };
  switch (name) {
    case 'gateway':
      return gatewayCommand(gatewayOptions, env);
    case 'aggregator':
      return { ...script('aggregator.ts'), env };
    default:
      return { ...script(`rivals/${name}.ts`), env };
  }
}

/** How the upstreams are started. Their line is a JSON {@link UpstreamUrls}. */
export const upstreamCommand: ServerCommand = { ...script('upstream.ts'), readyLine: /^(\{.+\})$/ };
