export { ConfigError, loadConfig, type Config } from './config.ts';
export { createGateway, type Gateway, type GatewayOptions } from './gateway.ts';
export { createLog, type Log } from './observe/log.ts';
