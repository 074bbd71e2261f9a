import { GraphQLError, Lexer, Source, TokenKind, type DocumentNode } from 'graphql';
import { measureDefinitions } from './measure-selections.ts';

/** How large a document may be. All of them are settings; beyond them it is refused. */
export interface DocumentLimits {
  /** In bytes of UTF-8. */
  readonly maxQueryBytes: number;
  readonly maxQueryTokens: number;
  /**
   * Levels: of selections within one another, those of fragments where they are spread, and of brackets
   * of any kind within one another in the text.
   */
  readonly maxQueryDepth: number;
  /** In one operation; as all that follow, those in a fragment each time that it is spread. */
  readonly maxQueryAliases: number;
  /** On all parts of one operation. */
  readonly maxQueryDirectives: number;
  readonly maxRootFields: number;
}

/**
 * Refuses a text that is too large to be parsed. Its depth is told from its brackets, for parsers call
 * themselves for each: some thousand of them, which are no more than as many tokens, end the stack.
 *
 * @throws {GraphQLError} that names the limit
 */
export function checkText(text: string, limits: DocumentLimits): void {
  const { maxQueryBytes, maxQueryTokens, maxQueryDepth } = limits;
  if (Buffer.byteLength(text) > maxQueryBytes) throw tooMany('bytes', 'MAX_QUERY_BYTES', limits);
  let tokens = 0;
  let depth = 0;
  for (const kind of kindsOf(text)) {
    if (++tokens > maxQueryTokens) throw tooMany('tokens', 'MAX_QUERY_TOKENS', limits);
    if (opening.has(kind) && ++depth > maxQueryDepth) {
      throw tooMany('levels', 'MAX_QUERY_DEPTH', limits);
    }
    if (closing.has(kind)) depth--;
  }
}

/**
 * Refuses a document that asks for too much. In time linear to its text, whatever its fragments stand
 * for; ones that spread each other are left to validation.
 *
 * @throws {GraphQLError} that names the limit
 */
export function checkDocument(document: DocumentNode, limits: DocumentLimits): void {
  for (const size of measureDefinitions(document, limits.maxQueryDepth)) {
    if (size.depth > limits.maxQueryDepth) throw tooMany('levels', 'MAX_QUERY_DEPTH', limits);
    if (size.aliases > limits.maxQueryAliases) {
      throw tooMany('aliases', 'MAX_QUERY_ALIASES', limits);
    }
    if (size.directives > limits.maxQueryDirectives) {
      throw tooMany('directives', 'MAX_QUERY_DIRECTIVES', limits);
    }
    if (size.isOperation && size.fields > limits.maxRootFields) {
      throw tooMany('root fields', 'MAX_ROOT_FIELDS', limits);
    }
  }
}

/** The kinds of the tokens, up to the first that is none: what is wrong with that the parser tells. */
function* kindsOf(text: string): Generator<TokenKind> {
  const lexer = new Lexer(new Source(text));
  try {
    while (lexer.advance().kind !== TokenKind.EOF) yield lexer.token.kind;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
  }
}

const opening: ReadonlySet<TokenKind> = new Set([
  TokenKind.BRACE_L,
  TokenKind.BRACKET_L,
  TokenKind.PAREN_L,
]);
const closing: ReadonlySet<TokenKind> = new Set([
  TokenKind.BRACE_R,
  TokenKind.BRACKET_R,
  TokenKind.PAREN_R,
]);

const limitOf = {
  MAX_QUERY_BYTES: 'maxQueryBytes',
  MAX_QUERY_TOKENS: 'maxQueryTokens',
  MAX_QUERY_DEPTH: 'maxQueryDepth',
  MAX_QUERY_ALIASES: 'maxQueryAliases',
  MAX_QUERY_DIRECTIVES: 'maxQueryDirectives',
  MAX_ROOT_FIELDS: 'maxRootFields',
} as const satisfies Record<string, keyof DocumentLimits>;

const tooMany = (
  what: string,
  setting: keyof typeof limitOf,
  limits: DocumentLimits,
): GraphQLError => limitExceeded('document', what, setting, limits[limitOf[setting]]);

/** What a client is told that asks for more than a setting allows. */
export const limitExceeded = (
  part: 'document' | 'variables',
  what: string,
  setting: string,
  value: number,
): GraphQLError =>
  new GraphQLError(
    `The ${part} ${part === 'document' ? 'has' : 'have'} more ${what} than ${setting} allows: ${value}.`,
    { extensions: { code: 'LIMIT_EXCEEDED', http: { spec: true, status: 400 } } },
  );
