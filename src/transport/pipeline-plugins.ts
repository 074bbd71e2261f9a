import {
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  validate,
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLSchema,
  type ParseOptions,
  type ValidationRule,
} from 'graphql';
import type { CompiledQueries } from './compiled-queries.ts';
import { checkDocument, checkText, type DocumentLimits } from './document-limits.ts';
import type { Documents } from './documents.ts';
import { maskError } from './mask-error.ts';
import type { PipelinePlugin } from './pipeline-context.ts';
import { isAsyncIterable } from './yoga.ts';

/** A request that can't be read is the client's mistake, which Yoga does not see for all of them. */
export const useReadableRequests: PipelinePlugin = {
  onRequestParse({ request, requestParser, setRequestParser, endResponse, fetchAPI }) {
    if (requestParser === undefined) return;
    const { method, headers } = request;
    // The other types that Yoga reads are those that any page may send without being asked.
    if (method === 'POST' && !isJson(headers.get('content-type'))) {
      endResponse(new fetchAPI.Response(null, { status: 415 }));
      return;
    }
    // Yoga would read it as it stands.
    if (method === 'POST' && !isUncompressed(headers.get('content-encoding'))) {
      const accepted = { 'accept-encoding': 'identity' };
      endResponse(new fetchAPI.Response(null, { status: 415, headers: accepted }));
      return;
    }
    setRequestParser(async (request) => {
      try {
        return await requestParser(request);
      } catch (error) {
        if (error instanceof GraphQLError) throw error;
        throw new GraphQLError('The request cannot be read.', {
          extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
        });
      }
    });
  },
};

const isJson = (contentType: string | null): boolean =>
  /^application\/(?:graphql\+)?json\s*(?:;|$)/.test(contentType ?? '');

const isUncompressed = (coding: string | null): boolean => /^(?:identity)?$/i.test(coding ?? '');

/**
 * Parses, within limits, and marks what can't be parsed as the client's mistake. The limits hold before
 * validation, some of whose rules take time that grows faster than the document.
 */
export const useParser = (limits: DocumentLimits): PipelinePlugin => ({
  onParse({ setParseFn }) {
    setParseFn((source: string, parseOptions?: ParseOptions) => {
      checkText(source, limits);
      const document = parse(source, parseOptions);
      checkDocument(document, limits);
      return document;
    });
    // Yoga remembers errors, but marks them as the client's only when HTTP is the first to see them.
    return ({ result }) => {
      if (result instanceof GraphQLError && result.extensions['code'] === undefined)
        Object.assign(result.extensions, parseFailed);
    };
  },
});

const parseFailed = { code: 'GRAPHQL_PARSE_FAILED', http: { spec: true, status: 400 } };

/** Validates. Where the schema is not to be asked for, nor do errors suggest what it has. */
export const useValidation = (introspection: boolean): PipelinePlugin => ({
  onValidate({ addValidationRule, setValidationFn }) {
    if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
    setValidationFn((schema: GraphQLSchema, document: DocumentNode, rules: ValidationRule[]) => {
      const errors = validate(schema, document, rules, { maxErrors });
      // graphql-js has an option for it, which leaves one rule out.
      if (!introspection) for (const error of errors) error.message = unsuggestive(error.message);
      return errors;
    });
  },
});

const unsuggestive = (message: string): string => message.replace(/ Did you mean .*$/s, '');

/** Enough to mend a document by. A hundred, which is usual, make a large answer of a small request. */
const maxErrors = 5;

/** Yoga refuses mutations by GET. A subscription has no more business in a link or an image. */
export const useGetForQueriesOnly: PipelinePlugin = {
  onSubscribe({ args }) {
    if (args.contextValue.method !== 'GET') return;
    throw new GraphQLError('Can only subscribe with a POST request.', {
      extensions: { code: 'BAD_REQUEST', http: { status: 405, headers: { Allow: 'POST' } } },
    });
  },
};

/**
 * Remembers the documents that are executed. Yoga would as soon as they are parsed: but one that is not
 * valid may hold anything, a PIN without its quotes for one.
 */
export function useKnownDocuments(documents: Documents, queries: CompiledQueries): PipelinePlugin {
  const remember = ({ document }: ExecutionArgs): void => {
    if (document.loc) documents.set(document.loc.source.body, document);
  };
  return {
    onExecute({ args }) {
      remember(args);
      queries.note(args);
    },
    onSubscribe: ({ args }) => remember(args),
  };
}

/** Yoga masks what is thrown; what it and validation find wrong with a request it sends as it is. */
export const useMaskedAnswers: PipelinePlugin = {
  onResultProcess(answer) {
    const { result } = answer;
    if (isAsyncIterable(result) || Array.isArray(result) || !result.errors) return;
    answer.setResult({ ...result, errors: result.errors.map(maskError) });
  },
};

/** Yoga lets event streams be stored. Nothing of an account may be. */
export const useNoStore: PipelinePlugin = {
  onResponse({ response }) {
    response.headers.set('cache-control', 'no-store');
  },
};

/** What Yoga refuses without a word, and what helps. */
const wordless: ReadonlyMap<number, string> = new Map([
  [415, 'Send the operation as application/json, and uncompressed.'],
  [
    406,
    'Accept application/json or application/graphql-response+json, and for a subscription text/event-stream.',
  ],
]);

/** Says what is wrong with a request that Yoga answers with a status only. */
export const useWordsForRefusals: PipelinePlugin = {
  onResponse({ response, fetchAPI, ...answer }) {
    const message = wordless.get(response.status);
    if (message === undefined || response.body !== null) return;
    const errors = [{ message, extensions: { code: 'BAD_REQUEST' } }];
    const { status, headers } = response;
    headers.delete('accept');
    headers.set('content-type', 'application/json; charset=utf-8');
    answer.setResponse(new fetchAPI.Response(JSON.stringify({ errors }), { status, headers }));
  },
};
