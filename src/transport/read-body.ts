import type { IncomingMessage } from 'node:http';

/** Reads a body to its end; null when its sender goes away before that. */
export function readBody(request: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const onClose = (): void => resolve(null);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      request.off('close', onClose); // V8 tells Node of each promise that is resolved again
      const [first] = chunks;
      resolve(first && chunks.length === 1 ? first : Buffer.concat(chunks));
    });
    request.on('close', onClose);
  });
}
