import type { Http2Frame } from './http2-frame-reader.ts';
import { frameFlag, frameType } from './http2-frames.ts';

/** How much stands before the block in the first frame of one: a priority that nobody heeds any more. */
const priorityBytes = 5;

/** The payload without what it is padded with, and without a priority; null where that doesn't fit. */
export function withoutPadding({ type, flags, payload }: Http2Frame): Buffer | null {
  const isPadded = (flags & frameFlag.padded) !== 0;
  const hasPriority = type === frameType.headers && (flags & frameFlag.priority) !== 0;
  const start = (isPadded ? 1 : 0) + (hasPriority ? priorityBytes : 0);
  const end = payload.length - (isPadded ? (payload[0] ?? 0) : 0);
  return start <= end ? payload.subarray(start, end) : null;
}
