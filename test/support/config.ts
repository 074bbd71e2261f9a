import { ConfigError, loadConfig, type Environment } from '../../src/config.ts';

/** The problems of wrong settings; none when they are right. */
export function problemsOf(environment: Environment): readonly string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}
