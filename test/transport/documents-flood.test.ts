import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { DocumentNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createDocuments, type Documents } from '../../src/transport/documents.ts';
import { askOver } from '../support/ask.ts';
import { makeKnown } from '../support/hot.ts';
import { postOf } from '../support/raw-connection.ts';
import { openWs, payloadOf } from '../support/raw-websocket.ts';
import { nobody, startStubbed, type StubbedServer } from '../support/stub-services.ts';

/** As much as is remembered: characters of documents, and documents that are compiled. */
const maxCharacters = 2_000_000;
const maxQueries = 50;

/** As often as a query has to come to be compiled. */
const worthCompiling = 8;

/** So long that it does not take a thousand of them. */
const length = 16_000;
const maxDocuments = maxCharacters / length;
const flood = Array.from({ length: 150 }, (_, n) => `{ a${n}: __typename }`.padEnd(length));
const answerTo = (query: string): object => ({
  data: { [query.slice(2, query.indexOf(':'))]: 'Query' },
});

type AskTimes = (origin: string, query: string, times: number) => Promise<unknown[]>;

/** Asks a query again and again, and gives all answers. */
const askAgain: Readonly<Record<'HTTP' | 'WebSocket', AskTimes>> = {
  async HTTP(origin, query, times) {
    const answers = [];
    for (let n = 0; n < times; n++) answers.push(await askOver.HTTP(origin, { query }));
    return answers;
  },
  async WebSocket(origin, query, times) {
    await using socket = await openWs(origin);
    await socket.init();
    const answers = [];
    for (let n = 0; n < times; n++) {
      const id = String(n);
      socket.send({ id, type: 'subscribe', payload: { query } });
      answers.push(JSON.parse(payloadOf(await socket.received('next', id))) as unknown);
    }
    return answers;
  },
};

/** Remembers as ever, and lets it be seen how many documents are still in memory, whoever holds them. */
function watched(): { readonly documents: Documents; readonly inMemory: () => Promise<number> } {
  const documents = createDocuments();
  const refs: WeakRef<DocumentNode>[] = [];
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as (options: object) => Promise<void>;
  return {
    documents: {
      get: (text) => documents.get(text),
      set(text, document) {
        refs.push(new WeakRef(document));
        documents.set(text, document);
      },
    },
    inMemory: async () => {
      await collectGarbage({ execution: 'async' });
      return new Set(refs.flatMap((ref) => ref.deref() ?? [])).size;
    },
  };
}

/** Asks over HTTP, and gives the answer and whether Yoga had to be asked for it. */
async function askOnce(
  server: StubbedServer,
  query: string,
): Promise<{ readonly answer: unknown; readonly asksYoga: boolean }> {
  const before = server.yogaRequests();
  const answer = await askOver.HTTP(server.origin, { query });
  return { answer, asksYoga: server.yogaRequests() > before };
}

const used = '{ used: __typename }';
const unused = '{ unused: __typename }';

describe.each(['HTTP', 'WebSocket'] as const)('A flood of valid documents over %s', (transport) => {
  it(
    'is remembered no further than it may be, and a query in use stays known meanwhile',
    { timeout: 60_000 },
    async () => {
      const { documents, inMemory } = watched();
      await using server = await startStubbed(nobody, documents);
      for (const query of [used, unused]) await makeKnown(server.origin, postOf({ query }));

      for (const query of flood) {
        const answers = await askAgain[transport](server.origin, query, worthCompiling);
        expect(answers).toEqual(answers.map(() => answerTo(query)));
        expect(await askOnce(server, used)).toEqual({ answer: answerTo(used), asksYoga: false });
      }
      expect(await inMemory()).toBeLessThanOrEqual(maxDocuments);

      const compiled = [];
      for (const query of flood.toReversed()) {
        const { answer, asksYoga } = await askOnce(server, query);
        expect(answer).toEqual(answerTo(query));
        if (!asksYoga) compiled.push(query.trim());
      }
      // The one in use is the last of as many as may be.
      const newest = flood.slice(1 - maxQueries).map((query) => query.trim());
      expect(compiled).toEqual(newest.toReversed());

      expect(await askOnce(server, unused)).toEqual({ answer: answerTo(unused), asksYoga: true });
      await makeKnown(server.origin, postOf({ query: unused }));
      expect(await askOnce(server, unused)).toEqual({ answer: answerTo(unused), asksYoga: false });
    },
  );
});
