import { createHash } from 'node:crypto';
import type { VirtualTime } from './virtual-time.ts';

/** What happened, a line each: virtual time, who, what. Free of anything that differs between two runs of a seed. */
export class Trace {
  readonly #time: VirtualTime;
  readonly #lines: string[] = [];

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  add(who: string, what: string): void {
    this.#lines.push(`${(this.#time.now / 1000).toFixed(3).padStart(8)} ${who.padEnd(8)} ${what}`);
  }

  hash(): string {
    return createHash('sha256').update(this.#lines.join('\n')).digest('hex');
  }
}
