import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a worker can be asked for, by name. Each takes one argument at the most. */
type Commands = Readonly<Record<string, (argument: never) => unknown>>;

/** A helper in a process of its own, so that its work is not done on the time of the measurement. */
export interface Worker<C extends Commands> extends AsyncDisposable {
  /** Runs a command there. Rejects when it fails, or when the process ends before it answers. */
  ask<Name extends keyof C>(
    name: Name,
    ...argument: Parameters<C[Name]>
  ): Promise<Awaited<ReturnType<C[Name]>>>;
}

interface Question {
  readonly id: number;
  readonly name: string;
  readonly argument: never;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  /** Why there is no value. */
  readonly error?: string;
}

/**
 * Starts a file of this benchmark.
 *
 * @param path beside the folder that this module is in
 * @param options what it finds, as JSON, in its first argument
 */
export function startWorker<C extends Commands>(path: string, options: unknown = {}): Worker<C> {
  const script = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const child = fork(script, [JSON.stringify(options)], {
    serialization: 'advanced', // typed arrays and maps
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const pending = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;

  child.on('message', ({ id, value, error }: Answer) => {
    if (error === undefined) pending.get(id)?.resolve(value);
    else pending.get(id)?.reject(new Error(`${path}: ${error}`));
    pending.delete(id);
  });
  const ended = once(child, 'exit').then(() => {
    for (const { reject } of pending.values()) reject(new Error(`${path} ended`));
  });

  return {
    ask(name, ...[argument]) {
      const answer = Promise.withResolvers<unknown>();
      pending.set(++lastId, answer);
      child.send({ id: lastId, name, argument });
      return answer.promise as never;
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** The worker's side: answers what the parent asks for, and ends when the parent is gone. */
export function serveCommands(commands: Commands): void {
  const answer = async ({ id, name, argument }: Question): Promise<void> => {
    try {
      process.send?.({ id, value: await commands[name]?.(argument) });
    } catch (error) {
      process.send?.({ id, error: String(error) });
    }
  };
  process.on('message', (question: Question) => void answer(question));
  process.once('disconnect', () => process.exit());
}
