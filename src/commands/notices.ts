import {
  demoAuthorization,
  demoPin,
  setPinCommand,
  unsetPinCommand,
  type Simulators,
} from '../simulators/index.ts';

/** Said first wherever simulated providers run. */
const notice = [
  '*** ALL PROVIDERS ARE SIMULATED ***',
  'Nothing here reaches a real account: ADM, PACE and PIMS are made-up servers on this machine.',
];

/** What someone needs who runs a gateway, or an HTTP client, against the simulators. */
export const simulateNotice = (urls: Simulators['urls']): string =>
  lines(
    ...notice,
    '',
    'A gateway in front of them, in another terminal:',
    '',
    `  ${serveCommand(urls)}`,
    '',
    `Demo user:  authorization: ${demoAuthorization}     PIN at PIMS: ${demoPin}`,
    '',
    ...pinCommands(urls.PACE),
  );

/** What someone needs who tries the whole thing for the first time. */
export const startNotice = (graphqlUrl: string, urls: Simulators['urls']): string =>
  lines(
    ...notice,
    '',
    `GraphiQL:   ${graphqlUrl}`,
    `Demo user:  authorization: ${demoAuthorization}     PIN at PIMS: ${demoPin}`,
    '',
    'A query to paste into a terminal (or use the tabs of GraphiQL):',
    '',
    `  curl ${graphqlUrl} -H 'authorization: ${demoAuthorization}' -H 'content-type: application/json' -d '{"query":"{ account { pins { __typename ... on Pin { provider type status actionRequired } ... on ProviderError { provider code } } } }"}'`,
    '',
    ...pinCommands(urls.PACE),
    '',
    `The simulators, which can be told to fail (README): ${Object.entries(urls)
      .map(([name, url]) => `${name} ${url}`)
      .join(', ')}`,
  );

const serveCommand = (urls: Simulators['urls']): string =>
  [
    ...Object.entries(urls).map(([name, url]) => `${name}_URL=${url}`),
    ...Object.keys(urls).map((name) => `${name}_CREDENTIAL=forward`),
    'npm run serve',
  ].join(' ');

const pinCommands = (paceUrl: string): string[] => [
  'Subscribe to pinSet, then set the PIN at PACE and watch the event arrive:',
  '',
  `  ${setPinCommand(paceUrl)}`,
  '',
  'Take it away again:',
  '',
  `  ${unsetPinCommand(paceUrl)}`,
];

const lines = (...text: readonly string[]): string => `\n${text.join('\n')}\n\n`;
