import { ApiError } from './api.ts';
import type { TokenKeeper } from './token-dialog.ts';

/** Does what needs the token; asks for it when there is none or it is wrong. Undefined: the reader gave none. */
export async function withToken<Answer>(
  tokens: TokenKeeper,
  ask: () => Promise<Answer>,
): Promise<Answer | undefined> {
  if (tokens.get() === undefined && (await tokens.ask('This needs the token of the operator.')) === undefined)
    return undefined;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      if ((await tokens.ask('That is not the token of this server.')) === undefined) return undefined;
    }
  }
}
