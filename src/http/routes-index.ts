import type { FastifyInstance } from 'fastify';

/** Knows every route that is added after it, for `GET /`, for 404 and for 405. */
export class RoutesIndex {
  readonly #methods = new Map<string, string[]>();

  constructor(app: FastifyInstance) {
    app.addHook('onRoute', ({ url, method }) => {
      this.#methods.set(url, [...this.methodsOf(url), ...[method].flat()]);
    });
  }

  /** None for an unknown route. */
  methodsOf(url: string): readonly string[] {
    return this.#methods.get(url) ?? [];
  }

  /** Every route as `GET /metrics`. */
  get names(): readonly string[] {
    return [...this.#methods].flatMap(([url, methods]) =>
      methods.filter((method) => method !== 'HEAD').map((method) => `${method} ${url}`),
    );
  }
}
