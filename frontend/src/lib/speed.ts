/** Speed and time left that do not jump about: an exponentially weighted mean of what was sent. */

const HALF_LIFE_MS = 4000;

export class Speedometer {
  private mean = 0;
  private weight = 0;
  private last: { at: number; total: number } | null = null;

  /** So many bytes have been sent in all by this moment (milliseconds). */
  note(total: number, at: number): void {
    if (this.last === null || total < this.last.total) {
      this.last = { at, total };
      return;
    }
    const passed = at - this.last.at;
    if (passed < 200) return;
    const keep = 0.5 ** (passed / HALF_LIFE_MS);
    this.mean = keep * this.mean + (1 - keep) * (((total - this.last.total) * 1000) / passed);
    // The weight corrects the first moments, in which the mean still leans towards nothing.
    this.weight = keep * this.weight + (1 - keep);
    this.last = { at, total };
  }

  /** Bytes in a second. */
  get speed(): number {
    return this.weight > 0 ? this.mean / this.weight : 0;
  }

  /** Forget everything, because sending was interrupted. */
  reset(): void {
    this.mean = 0;
    this.weight = 0;
    this.last = null;
  }
}
