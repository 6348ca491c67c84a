import type { OutageMode, RpcProxy } from './rpc-proxy.ts';

/** An outage that is on; `endsInMs` is undefined for one that lasts until it is lifted. */
export interface OutageStatus {
  readonly mode: OutageMode | null;
  readonly endsInMs: number | null;
}

/**
 * Breaks the RPC on purpose, for a while or until told otherwise: a drill for `treasury dev`.
 */
export class OutageDrill {
  readonly #proxy: RpcProxy;
  readonly #onChange: (status: OutageStatus) => void;
  #end: { readonly at: number; readonly timer: NodeJS.Timeout } | undefined;

  constructor(proxy: RpcProxy, onChange: (status: OutageStatus) => void) {
    this.#proxy = proxy;
    this.#onChange = onChange;
  }

  get status(): OutageStatus {
    const endsInMs = this.#end === undefined ? null : Math.max(0, this.#end.at - performance.now());
    return { mode: this.#proxy.outage ?? null, endsInMs };
  }

  /** @param durationMs until it lifts itself; without it {@link OutageDrill.lift} does */
  async begin(mode: OutageMode, durationMs?: number): Promise<OutageStatus> {
    this.#forgetEnd();
    await this.#proxy.setOutage(mode);
    if (durationMs !== undefined) {
      const timer = setTimeout(() => void this.lift(), durationMs);
      this.#end = { at: performance.now() + durationMs, timer };
    }
    this.#onChange(this.status);
    return this.status;
  }

  async lift(): Promise<OutageStatus> {
    this.#forgetEnd();
    await this.#proxy.setOutage(undefined);
    this.#onChange(this.status);
    return this.status;
  }

  /** On if it is off, off if it is on. */
  toggle(mode: OutageMode): Promise<OutageStatus> {
    return this.#proxy.outage === undefined ? this.begin(mode) : this.lift();
  }

  /** Forgets the time; the proxy is closed by whoever started it. */
  close(): void {
    this.#forgetEnd();
  }

  #forgetEnd(): void {
    clearTimeout(this.#end?.timer);
    this.#end = undefined;
  }
}
