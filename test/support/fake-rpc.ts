import type { Rpc } from '../../src/chain/rpc.ts';

/** Answers by method; a value that is an Error is thrown. May be changed between calls. */
export type Answers = Record<string, unknown>;

/** A chain of constants for tests that need no process; `asked` counts requests by method. */
export const fakeRpc = (answers: Answers) => {
  const asked: Record<string, number> = {};
  const rpc: Rpc = {
    request: async (method) => {
      asked[method] = (asked[method] ?? 0) + 1;
      const answer = answers[method];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    close: () => undefined,
  };
  return { rpc, asked };
};
