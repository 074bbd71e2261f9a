import type { LoadShedding } from '../../src/transport/load-shedding.ts';

/** Load shedding that does as the test says. */
export class Shedding implements LoadShedding {
  isShedding = false;
  /** How many operations are under way. */
  underWay = 0;
  /** How many were asked for. */
  asked = 0;

  begin(): void {
    this.underWay++;
  }

  end(): void {
    this.underWay--;
  }

  admits(): boolean {
    this.asked++;
    return !this.isShedding;
  }

  close(): void {
    this.isShedding = false;
  }
}
