/** How long a reader that is behind may take for the rest. One that is stuck takes nothing any more. */
const lastLinesMs = 2_000;

/** Ends the process as soon as what it has written has been read. */
export function end(status: number): void {
  const exit = (): never => process.exit(status);
  setTimeout(exit, lastLinesMs);
  process.stdout.write('', exit);
}
