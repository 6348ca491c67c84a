import type { Connection } from './feed-client.ts';
import { durationText } from './format.ts';

/** After that long the page says "lost", not only that it tries again. */
const LOST_AFTER_MS = 10_000;

/** How the page stands to its server, in words. @param now page time */
export function connectionText(
  connection: Connection,
  now: number,
): { readonly kind: 'live' | 'trying' | 'lost' | 'locked'; readonly text: string } {
  switch (connection.kind) {
    case 'live':
      return { kind: 'live', text: 'live' };
    case 'locked':
      return { kind: 'locked', text: connection.isWrong ? 'wrong token' : 'needs a token' };
    case 'connecting': {
      const isLost = connection.lostAt !== undefined && now - connection.lostAt >= LOST_AFTER_MS;
      return isLost
        ? { kind: 'lost', text: `lost ${durationText(now - (connection.lostAt ?? now))}, reconnecting` }
        : { kind: 'trying', text: connection.lostAt === undefined ? 'connecting' : 'reconnecting' };
    }
    case 'waiting': {
      const seconds = `in ${Math.max(1, Math.ceil((connection.until - now) / 1_000))} s`;
      if (connection.why === 'full') return { kind: 'trying', text: `too many watchers, again ${seconds}` };
      const isLost = now - connection.lostAt >= LOST_AFTER_MS;
      return isLost
        ? { kind: 'lost', text: `lost ${durationText(now - connection.lostAt)}, again ${seconds}` }
        : { kind: 'trying', text: `reconnecting ${seconds}` };
    }
  }
}
