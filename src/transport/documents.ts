import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** Valid documents by their text, so that each is parsed and validated once. */
export interface Documents {
  get(text: string): DocumentNode | undefined;
  set(text: string, document: DocumentNode): void;
}

const maxDocuments = 1_000;

/** All texts together, in characters; what is parsed of them takes about twenty times as much. */
const maxCharacters = 2_000_000;

/** A longer one is not remembered: a flood of them must not push out those that are in use. */
const maxCharactersEach = 20_000;

/**
 * Remembers the documents used last, within bounds that no client can push. A text with a string or a
 * comment in it is parsed anew each time: a PIN may stand there, which has no business in our memory.
 */
export function createDocuments(): Documents {
  const documents = new LRUCache<string, DocumentNode>({
    max: maxDocuments,
    maxSize: maxCharacters,
    maxEntrySize: maxCharactersEach,
    sizeCalculation: (_document, text) => Math.max(text.length, 1),
  });
  return {
    get: (text) => documents.get(text),
    set(text, document) {
      if (!/["#]/.test(text)) documents.set(text, document);
    },
  };
}
