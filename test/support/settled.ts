/** The amount, once it has stayed the same over some rounds of something that takes its time. */
export async function settled(
  amount: () => number,
  round: () => Promise<unknown>,
): Promise<number> {
  let last = amount();
  for (let same = 0; same < 20; same++) {
    await round();
    if (amount() !== last) same = 0;
    last = amount();
  }
  return last;
}
