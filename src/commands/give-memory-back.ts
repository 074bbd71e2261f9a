import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Until the connections behind those who have left are closed, too. */
const delayMs = 6_000;

type CollectGarbage = (options: {
  type: 'major';
  flavor: 'last-resort';
  execution: 'async';
}) => void;

/**
 * Collects what thousands of subscribers have left behind. V8 looks for garbage when something new
 * needs room: a gateway that has become quiet would keep hundreds of megabytes for nothing.
 */
export function giveMemoryBack(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as CollectGarbage;
    collectGarbage({ type: 'major', flavor: 'last-resort', execution: 'async' });
  }, delayMs).unref();
}
