import { createHash } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);

type Coding = 'br' | 'gzip' | 'identity';

/** A document that is served as it is, or compressed as the client asks for it. */
export interface Asset {
  /** A hash of the body: the ETag of each of its representations begins with it. */
  readonly digest: string;
  readonly headers: OutgoingHttpHeaders;
  /** The body in a content coding; each is made once, off the event loop, when first asked for. */
  encoded(coding: Coding): Promise<Buffer>;
}

/** Makes an asset of a body that is held in memory. */
export function createAsset(body: Buffer, headers: OutgoingHttpHeaders): Asset {
  const representations = new Map<Coding, Promise<Buffer>>();
  return {
    digest: digestOf([body]),
    headers,
    encoded(coding) {
      const representation = representations.get(coding) ?? encode(body, coding);
      representations.set(coding, representation);
      return representation;
    },
  };
}

/** A short hash of some bodies, fit for an ETag and for a path. */
export function digestOf(bodies: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const body of bodies) hash.update(body);
  return hash.digest('base64url').slice(0, 16);
}

/** Answers a GET or HEAD with an asset: 304 if the client has it, else the best coding it takes. */
export async function sendAsset(
  request: IncomingMessage,
  response: ServerResponse,
  asset: Asset,
): Promise<void> {
  const coding = bestCoding(request.headers['accept-encoding']);
  const etag = `"${asset.digest}-${coding}"`;
  const headers = { ...asset.headers, etag };
  if (lists(request.headers['if-none-match'], etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  const body = await asset.encoded(coding);
  response.writeHead(200, {
    ...headers,
    'content-length': body.length,
    ...(coding !== 'identity' && { 'content-encoding': coding }),
  });
  // Node drops the body of an answer to HEAD by itself.
  response.end(body);
}

/** Whether an Accept header names HTML, and nothing of JSON with a higher preference. */
export function prefersHtml(accept: string | undefined): boolean {
  const qualities = parseQualities(accept);
  const html = qualities.get('text/html') ?? 0;
  const json = ['application/json', 'application/graphql-response+json'].map(
    (type) => qualities.get(type) ?? 0,
  );
  return html > 0 && html >= Math.max(...json);
}

function bestCoding(acceptEncoding: string | undefined): Coding {
  const qualities = parseQualities(acceptEncoding);
  const accepts = (coding: Coding) => (qualities.get(coding) ?? qualities.get('*') ?? 0) > 0;
  if (accepts('br')) return 'br';
  return accepts('gzip') ? 'gzip' : 'identity';
}

/** The members of an Accept or Accept-Encoding header with their `q`, which is 1 when absent. */
function parseQualities(header = ''): ReadonlyMap<string, number> {
  return new Map(
    header.split(',').map((member) => {
      const [name = '', ...parameters] = member.split(';').map((part) => part.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith('q='));
      return [name, quality === undefined ? 1 : Number(quality.slice(2)) || 0];
    }),
  );
}

/** If-None-Match compares weakly: a proxy may have put `W/` before our tag. */
function lists(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = ifNoneMatch?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes(etag) || tags.includes('*');
}

async function encode(body: Buffer, coding: Coding): Promise<Buffer> {
  switch (coding) {
    case 'gzip':
      return gzipAsync(body);
    case 'br':
      // Quality 9 takes some 60 ms for the largest file; the default, 11, takes over a second.
      return brotliAsync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
    case 'identity':
      return body;
  }
}
