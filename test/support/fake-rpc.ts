import type { Rpc } from '../../src/chain/rpc.ts';

/** Answers by method; a function is called for it, an Error thrown. May be changed between calls. */
export type Answers = Record<string, unknown>;

/** A chain of constants for tests that need no process; `asked` counts requests by method, `given` has the last parameters. */
export const fakeRpc = (answers: Answers) => {
  const asked: Record<string, number> = {};
  const given: Record<string, readonly unknown[]> = {};
  const rpc: Rpc = {
    request: async (method, params) => {
      asked[method] = (asked[method] ?? 0) + 1;
      given[method] = params;
      const entry = answers[method];
      const answer: unknown = typeof entry === 'function' ? entry() : entry;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    close: () => undefined,
  };
  return { rpc, asked, given };
};
