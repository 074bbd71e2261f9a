import { refuse } from './problem.ts';
import type { Reply } from './reply.ts';

/** One request as a route sees it. */
export interface Exchange {
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
  readonly query: URLSearchParams;
  /** The values of the `{name}` segments of the route's path. */
  readonly pathParameters: ReadonlyMap<string, string>;
  /** Aborts when the client has gone away (and after the answer, when nobody listens any more). */
  readonly gone: AbortSignal;
  /** Reads the body as JSON; refuses with 400 or 413. To be called at most once. */
  readonly readJson: () => Promise<unknown>;
}

/** What a simulator answers at one method and path. */
export interface Route {
  readonly method: string;
  /** The path; a segment like `{accountId}` stands for any one segment. */
  readonly path: string;
  readonly handle: (exchange: Exchange) => Reply | Promise<Reply>;
}

/** The route of a request. */
export interface FoundRoute {
  /** The method and the route's path, or `other` where the provider has no such call. */
  readonly name: string;
  readonly pathParameters: ReadonlyMap<string, string>;
  readonly handle: Route['handle'];
}

/** Finds the route of a request; without one, the route that refuses with 404 or 405. */
export function findRoute(routes: readonly Route[], method: string, path: string): FoundRoute {
  const atPath = routes.flatMap((route) => {
    const pathParameters = matchPath(route.path, path);
    return pathParameters === undefined ? [] : [{ route, pathParameters }];
  });
  const found = atPath.find(({ route }) => route.method === method);
  if (found !== undefined) {
    const { route, pathParameters } = found;
    return { name: `${route.method} ${route.path}`, pathParameters, handle: route.handle };
  }
  const allow = atPath.map(({ route }) => route.method).join(', ');
  return {
    name: 'other',
    pathParameters: new Map(),
    handle: () =>
      allow === ''
        ? refuse(404, 'There is nothing at this path.')
        : refuse(405, `This path answers only ${allow}.`, { headers: { allow } }),
  };
}

function matchPath(pattern: string, path: string): ReadonlyMap<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const parameters = new Map<string, string>();
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? '';
    const name = /^\{(.+)\}$/.exec(segment)?.[1];
    if (name !== undefined) parameters.set(name, value);
    else if (segment !== value) return undefined;
  }
  return parameters;
}
