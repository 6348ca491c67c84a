/** The part of opossum that is measured: its package brings no types. */
declare module 'opossum' {
  export interface Options {
    /** Milliseconds; `false` for none. */
    readonly timeout?: number | false;
    readonly resetTimeout?: number;
    readonly volumeThreshold?: number;
    readonly errorThresholdPercentage?: number;
  }
  // biome-ignore lint/style/noDefaultExport: it has one
  export default class CircuitBreaker<Args extends readonly unknown[]> {
    constructor(action: (...args: Args) => unknown, options?: Options);
    fire(...args: Args): Promise<unknown>;
    readonly opened: boolean;
  }
}
