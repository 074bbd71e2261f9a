import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '../../src/observe/log.ts';
import { createLoadShedding, type LoadShedding } from '../../src/transport/load-shedding.ts';

const maxEventLoopDelayMs = 100;
const intervalMs = 50;

/** What the turns of the event loop are taken to be long. */
let turnMs: number;
let shedding: LoadShedding;

function start(maxBusyOperations: number): void {
  const log = createLog('silent');
  shedding = createLoadShedding(
    { maxEventLoopDelayMs, maxBusyOperations, log },
    { measure: () => turnMs },
  );
}

beforeEach(() => {
  vi.useFakeTimers();
  turnMs = 0;
  start(2);
});

afterEach(() => {
  shedding.close();
  vi.useRealTimers();
});

/** Lets the turns be so long for so many looks. */
function look(ms: number, times: number): void {
  turnMs = ms;
  vi.advanceTimersByTime(times * intervalMs);
}

const begin = (operations: number): void => {
  for (let count = 0; count < operations; count++) shedding.begin();
};

it('A busy process sheds load when three looks in a row find turns of a fifth of the longest', () => {
  begin(3);
  look(30, 2);
  expect(shedding.isShedding).toBe(false);
  look(30, 1);
  expect(shedding.isShedding).toBe(true);
  expect(shedding.admits()).toBe(false);
});

it('A single stall sheds nothing, however long, while many wait for a provider', () => {
  begin(100);
  look(5_000, 1);
  look(1, 20);
  expect(shedding.isShedding).toBe(false);
});

it('Long turns of a process that is not busy count when they are long on average for eight looks', () => {
  look(150, 9);
  expect(shedding.isShedding).toBe(false);
  begin(3); // one look as a busy process is not three
  look(30, 1);
  expect(shedding.isShedding).toBe(false);
  for (let count = 0; count < 3; count++) shedding.end();
  look(150, 1);
  expect(shedding.isShedding).toBe(true);
});

it('While it sheds, fewer may be under way until the turns are short, and more once they are', () => {
  shedding.close();
  start(100);
  begin(101);
  look(30, 3);
  for (let count = 0; count < 51; count++) shedding.end();
  expect(shedding.admits()).toBe(true); // a hundred may be under way, and fifty are

  look(7, 12);
  expect(shedding.admits()).toBe(false);

  turnMs = 4;
  for (let looks = 0; looks < 25; looks++) {
    shedding.admits(); // it grows only while there is more to be had
    vi.advanceTimersByTime(intervalMs);
  }
  expect([shedding.isShedding, shedding.admits()]).toEqual([true, true]);
});

it('Turns that are short when operations are many shed nothing', () => {
  begin(1_000);
  look(20, 100);
  expect(shedding.isShedding).toBe(false);
});

it('Neither does a single stall, however long, of a process that is not busy', () => {
  look(5_000, 1);
  look(1, 20);
  expect(shedding.isShedding).toBe(false);
});

describe('Within a turn, in which no timer fires, whoever asks looks', () => {
  let clock: number;

  beforeEach(() => {
    clock = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => clock);
    shedding.close();
    start(2);
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** So often one asks so much later than the one before. */
  function ask(ms: number, times: number): void {
    for (let time = 0; time < times; time++) {
      clock += ms;
      expect(shedding.admits()).toBe(true);
    }
  }

  /** Then it is too much: no more may begin than end. */
  function expectRefusal(ms: number): void {
    clock += ms;
    expect([shedding.admits(), shedding.isShedding]).toEqual([false, true]);
  }

  it('three times in a busy process', () => {
    begin(20);
    ask(110, 2);
    expectRefusal(110);
  });

  it('eight times in another', () => {
    ask(110, 7);
    begin(20);
    expectRefusal(110);
  });

  it('no more than once for a stall, however long', () => {
    begin(20);
    ask(5_000, 1);
    ask(1, 90);
    ask(110, 1);
    expectRefusal(110);
  });

  it('anew when the turn is over', () => {
    begin(20);
    for (let turn = 0; turn < 10; turn++) {
      ask(110, 2);
      look(150, 1);
      look(1, 1);
    }
    expect(shedding.isShedding).toBe(false);
  });
});
