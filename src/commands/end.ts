/** How long a reader that is behind may take for the rest. One that is stuck takes nothing any more. */
const lastLinesMs = 2_000;

/** Ends the process, with the worst status that was asked for, as soon as what it has written has been read. */
export function end(status: number): void {
  process.exitCode = Math.max(status, Number(process.exitCode ?? 0));
  const exit = (): never => process.exit();
  setTimeout(exit, lastLinesMs);
  process.stdout.write('', exit);
}
