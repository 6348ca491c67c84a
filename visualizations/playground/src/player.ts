import type { Playground } from './playground.ts';

/** A tab that was in the background, or a machine that slept, is not made up for. */
const LONGEST_FRAME_MS = 250;

/** Lets simulated time run with the clock on the wall, some times faster. What runs without a break is one step. */
export class Player {
  readonly #playground: Playground;
  #speed = 1;
  #frame: number | undefined;
  #lastAt = 0;
  /** Less than a millisecond that is still owed. */
  #rest = 0;
  #begun = -1;

  constructor(playground: Playground) {
    this.#playground = playground;
  }

  get isPlaying(): boolean {
    return this.#frame !== undefined;
  }

  get speed(): number {
    return this.#speed;
  }

  /** @param speed simulated milliseconds for each real one */
  setSpeed(speed: number): void {
    this.#speed = speed;
    this.#playground.render();
  }

  toggle(): void {
    if (this.isPlaying) this.stop();
    else this.#start();
    this.#playground.render();
  }

  stop(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  #start(): void {
    this.#lastAt = performance.now();
    this.#rest = 0;
    this.#begun = -1;
    this.#ask();
  }

  #ask(): void {
    this.#frame = requestAnimationFrame((at) => this.#tick(at));
  }

  #tick(at: number): void {
    const passed = Math.min(LONGEST_FRAME_MS, Math.max(0, at - this.#lastAt)) * this.#speed + this.#rest;
    this.#lastAt = at;
    const whole = Math.floor(passed);
    this.#rest = passed - whole;
    this.#ask();
    if (whole === 0) return;
    const { begun } = this.#playground;
    const isNew = begun !== this.#begun;
    this.#begun = begun;
    // What somebody looks at stays: time that runs would take it away at once.
    if (this.#playground.selected !== undefined || !this.#playground.watch(whole, isNew)) {
      this.stop();
      this.#playground.render();
    }
  }
}
