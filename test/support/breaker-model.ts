import type { BreakerOutcome, CircuitBreakerPolicy, CircuitState } from '../../src/index.ts';

interface Slot {
  /** `undefined` for one that was taken without a permit. */
  readonly permit: string | undefined;
  readonly until: number;
}

interface Change {
  readonly from: CircuitState;
  readonly to: CircuitState;
  readonly generation: number;
}

/**
 * The breaker as the contract describes it, in plain code: no statechart, no timers, times as numbers. Everything that is
 * due happens in `passTo`, one by one.
 */
export class BreakerModel {
  readonly policy: CircuitBreakerPolicy;
  readonly changes: Change[] = [];
  readonly #random: () => number;
  now = 0;
  state: CircuitState = 'CLOSED';
  failures = 0;
  successes = 0;
  generation = 0;
  lastFailureAt: number | undefined;
  changedAt: number | undefined;
  #openings = 0;
  #openLengthMs: number;
  #openUntil = 0;
  /** CLOSED: when each failure stops counting. */
  #failuresUntil: number[] = [];
  #slots: Slot[] = [];

  constructor(policy: CircuitBreakerPolicy, random: () => number) {
    this.policy = policy;
    this.#random = random;
    this.#openLengthMs = policy.openTimeoutMs;
  }

  get admits(): boolean {
    if (this.state === 'HALF_OPEN') return this.#slots.length < this.policy.halfOpenMaxProbes;
    return this.state === 'CLOSED';
  }

  get probesInFlight(): number {
    return this.#slots.length;
  }

  get retryAfterMs(): number {
    if (this.admits) return 0;
    return this.state === 'ISOLATED' ? Number.POSITIVE_INFINITY : (this.dueAt ?? Number.NaN) - this.now;
  }

  /** When the next thing happens by time alone. */
  get dueAt(): number | undefined {
    if (this.state === 'CLOSED') return this.#failuresUntil[0];
    if (this.state === 'OPEN') return this.#openUntil;
    if (this.state === 'HALF_OPEN') return this.#slots[0]?.until;
    return undefined;
  }

  passTo(now: number): void {
    for (let due = this.dueAt; due !== undefined && due <= now; due = this.dueAt) {
      this.now = Math.max(this.now, due);
      if (this.state === 'CLOSED') {
        this.#failuresUntil.shift();
        this.failures -= 1;
      } else if (this.state === 'OPEN') {
        this.#enter('HALF_OPEN');
      } else {
        this.#open();
      }
    }
    this.now = now;
  }

  /** @returns whether the request is admitted. */
  ask(permit?: string): boolean {
    if (!this.admits) return false;
    if (this.state === 'HALF_OPEN') {
      this.#slots.push({ permit, until: this.now + this.policy.probeTimeoutMs });
    }
    return true;
  }

  end(outcome: BreakerOutcome, generation: number | undefined, permit: string | undefined): void {
    if (generation !== undefined && generation !== this.generation) return;
    if (this.state === 'CLOSED') this.#endInClosed(outcome);
    if (this.state === 'HALF_OPEN') this.#endInHalfOpen(outcome, permit);
  }

  isolate(): void {
    if (this.state !== 'ISOLATED') this.#enter('ISOLATED');
  }

  reset(): void {
    this.#openings = 0;
    this.#clearFailures();
    if (this.state !== 'CLOSED') this.#enter('CLOSED');
  }

  /** Stopped, stored, and restored at `now` by a wall clock that is `wallJumpMs` ahead of it. */
  restart(now: number, wallJumpMs: number): void {
    const restored = (until: number, longest: number) =>
      now + Math.min(Math.max(until - now - wallJumpMs, 0), longest);
    this.#failuresUntil = this.#failuresUntil.map((until) => restored(until, this.policy.failureWindowMs));
    this.#openUntil = restored(this.#openUntil, this.#openLengthMs);
    if (this.state === 'HALF_OPEN') {
      this.state = 'OPEN';
      this.#openUntil = now;
      this.#slots = [];
      this.successes = 0;
    }
    this.now = now;
    this.passTo(now);
  }

  #endInClosed(outcome: BreakerOutcome): void {
    if (outcome === 'SUCCESS') this.#clearFailures();
    if (outcome !== 'FAILURE') return;
    this.failures += 1;
    this.lastFailureAt = this.now;
    this.#failuresUntil.push(this.now + this.policy.failureWindowMs);
    if (this.failures >= this.policy.failureThreshold) this.#open();
  }

  #endInHalfOpen(outcome: BreakerOutcome, permit: string | undefined): void {
    const slot = this.#slots.find((taken) => taken.permit === permit);
    if (permit !== undefined && slot === undefined) return;
    this.#slots = this.#slots.filter((taken) => taken !== slot);
    if (outcome === 'FAILURE') this.#open();
    if (outcome === 'SUCCESS') this.#countSuccess();
  }

  #countSuccess(): void {
    this.successes += 1;
    if (this.successes < this.policy.successThreshold) return;
    this.#openings = 0;
    this.#clearFailures();
    this.#enter('CLOSED');
  }

  #open(): void {
    const { openTimeoutMs, openBackoff } = this.policy;
    this.lastFailureAt = this.now;
    this.#openings += 1;
    let grown = openTimeoutMs * openBackoff.factor ** (this.#openings - 1);
    if (openBackoff.jitter > 0) {
      const shortest = grown * (1 - openBackoff.jitter);
      const longest = grown * (1 + openBackoff.jitter);
      grown = shortest + this.#random() * (longest - shortest);
    }
    this.#openLengthMs = Math.min(grown, Math.max(openBackoff.maxMs, openTimeoutMs));
    this.#openUntil = this.now + this.#openLengthMs;
    this.#enter('OPEN');
  }

  #enter(to: CircuitState): void {
    const from = this.state;
    this.state = to;
    this.generation += 1;
    this.successes = 0;
    this.#slots = [];
    this.#failuresUntil = [];
    this.changedAt = this.now;
    this.changes.push({ from, to, generation: this.generation });
  }

  #clearFailures(): void {
    this.failures = 0;
    this.#failuresUntil = [];
  }
}
