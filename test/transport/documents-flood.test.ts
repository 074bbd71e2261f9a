import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { DocumentNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createDocuments, type Documents } from '../../src/transport/documents.ts';
import { askOver } from '../support/ask.ts';
import { ask, countNodeRequests, makeKnown } from '../support/hot.ts';
import { openConnection, postOf } from '../support/raw-connection.ts';
import { openWs } from '../support/raw-websocket.ts';
import { nobody, startStubbed } from '../support/stub-services.ts';

/** As much as is remembered: characters of documents, and documents that are compiled. */
const maxCharacters = 2_000_000;
const maxQueries = 50;

/** As often as a query has to come to be compiled, after it is known. */
const timesMore = 8;

/** So long that it does not take a thousand of them. */
const length = 16_000;
const flood = Array.from({ length: 200 }, (_, n) => `{ a${n}: __typename }`.padEnd(length));
const maxDocuments = maxCharacters / length;
const query = '{ providers { name availability } }';

type Flood = (origin: string, queries: readonly string[]) => Promise<void>;

/** Each of the queries so often that it is compiled, and no answer is anything but right. */
const floodOver: Readonly<Record<'HTTP' | 'WebSocket', Flood>> = {
  async HTTP(origin, queries) {
    for (const each of queries) {
      await using connection = await openConnection(origin);
      await ask(connection, postOf({ query: each }));
      connection.write(postOf({ query: each }).repeat(timesMore - 1));
      connection.write(postOf({ query: each }, 'connection: close'));
      expect((await connection.closed).split(answerTo(each))).toHaveLength(timesMore + 2);
    }
  },
  async WebSocket(origin, queries) {
    await using socket = await openWs(origin);
    await socket.init();
    for (const each of queries) {
      for (let time = 0; time <= timesMore; time++) {
        const id = `${each.trim()} ${time}`;
        socket.send({ id, type: 'subscribe', payload: { query: each } });
        if (time === 0 || time === timesMore) await socket.received('complete', id);
      }
    }
    const answers = queries.map((each) => `"payload":${answerTo(each)}`);
    const count = (answer: string): number =>
      socket.messages.filter((message) => message.includes(answer)).length;
    expect(answers.map(count)).toEqual(answers.map(() => timesMore + 1));
  },
};

const answerTo = (each: string): string =>
  `{"data":{"${each.slice(2, each.indexOf(':'))}":"Query"}}`;

/** Remembers as ever, and lets it be seen which documents are still in memory, whoever holds them. */
function watched(): { readonly documents: Documents; readonly inMemory: () => number } {
  const documents = createDocuments();
  const refs: WeakRef<DocumentNode>[] = [];
  return {
    documents: {
      get: (text) => documents.get(text),
      set(text, document) {
        if (documents.get(text) !== document) refs.push(new WeakRef(document));
        documents.set(text, document);
      },
    },
    inMemory: () => refs.filter((ref) => ref.deref() !== undefined).length,
  };
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as (options: object) => Promise<void>;

/** Those that are answered without Node's server, and so have been compiled, the newest first. */
async function compiledOf(origin: string, queries: readonly string[]): Promise<string[]> {
  const compiled: string[] = [];
  for (const each of queries.toReversed()) {
    using requests = countNodeRequests(origin);
    await using connection = await openConnection(origin);
    expect(await ask(connection, postOf({ query: each }))).toContain(answerTo(each));
    if (requests.count === 0) compiled.push(each);
  }
  return compiled;
}

describe.each(['HTTP', 'WebSocket'] as const)('A flood of valid documents over %s', (transport) => {
  it('makes the gateway remember no more than it may, and a known query is answered, and known again', async () => {
    const { documents, inMemory } = watched();
    await using server = await startStubbed(nobody, documents, {
      MAX_MESSAGES_PER_SECOND: '100000',
    });
    await makeKnown(server.origin, postOf({ query }));
    const answer = await askOver[transport](server.origin, { query });

    await floodOver[transport](server.origin, flood);
    expect(flood.filter((each) => documents.get(each))).toEqual(flood.slice(-maxDocuments));
    expect(documents.get(query)).toBeUndefined();
    expect(await askOver[transport](server.origin, { query })).toEqual(answer);
    expect(documents.get(query)).toBeDefined();

    await collectGarbage({ execution: 'async' });
    expect(inMemory()).toBeLessThanOrEqual(maxDocuments);
    expect(await compiledOf(server.origin, flood)).toEqual(flood.slice(-maxQueries).reverse());
    await makeKnown(server.origin, postOf({ query }));
    expect(await askOver[transport](server.origin, { query })).toEqual(answer);
  });
});
