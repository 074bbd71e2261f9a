/** The parameters of GraphQL over HTTP. */
export interface RequestParams {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Record<string, unknown> | null;
}

/** Reads what nearly all bodies hold; null for everything else. */
export function parseParams(body: string): RequestParams | null {
  let params: unknown;
  try {
    params = JSON.parse(body);
  } catch {
    return null;
  }
  if (!isRecord(params)) return null;
  const { query, operationName = null, variables = null } = params;
  if (typeof query !== 'string') return null;
  for (const name in params) if (!names.has(name)) return null;
  if (operationName !== null && typeof operationName !== 'string') return null;
  if (variables !== null && !isRecord(variables)) return null;
  return { query, operationName, variables };
}

const names = new Set(['query', 'operationName', 'variables']);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
