import { GraphQLError } from 'graphql';
import { credentialFields } from './caller.ts';
import type { PipelinePlugin } from './pipeline-context.ts';

/**
 * Refuses a GET that a page of any origin may have sent by a link, an image or a script. One that has a
 * header of ours can't be among those: for that the browser asks first (CORS, "preflight"). What is
 * sent by POST is JSON, for which it asks as well.
 */
export const useCsrfPrevention: PipelinePlugin = {
  onRequestParse({ request }) {
    if (request.method !== 'GET' || preflighted.some((name) => request.headers.has(name))) return;
    if (/^bearer /i.test(request.headers.get('authorization') ?? '')) return;
    throw new GraphQLError(
      `A GET needs one of these headers: ${preflighted.join(', ')}; or a bearer token.`,
      {
        extensions: { code: 'CSRF_PREVENTED', http: { status: 403 } },
      },
    );
  },
};

/**
 * Of `authorization` a bearer token alone counts: a password a browser sends by itself, once it has
 * asked its user for it.
 */
const preflighted = ['x-request-id', ...Object.values(credentialFields)];
