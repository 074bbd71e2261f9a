/**
 * `node:timers/promises` on the global timers, so that `vi.useFakeTimers` reaches it. Put it in the
 * place of the real one with `vi.mock('node:timers/promises', () => import('…/fake-sleep.ts'))`.
 */
export function setTimeout<Value>(
  ms: number,
  value: Value,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(new Error('The operation was aborted'));
    };
    const timer = globalThis.setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve(value);
    }, ms);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}
