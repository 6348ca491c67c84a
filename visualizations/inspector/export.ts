import { h } from './dom.ts';
import type { Store } from './store.ts';

/** Everything that the page holds, as a file. The token is kept elsewhere and is not in it. */
export function exportJson({ model, config }: Store): void {
  const { instance, upTo, gone, log } = model;
  const exportedAt = new Date().toISOString();
  const content = {
    exportedAt,
    config,
    instance,
    upTo,
    gone,
    actors: [...model.actors.values()],
    records: log.records,
  };
  const url = URL.createObjectURL(
    new Blob([JSON.stringify(content, undefined, 1)], { type: 'application/json' }),
  );
  const link = h('a', { href: url, download: `inspector-${exportedAt.replaceAll(/[:.]/g, '-')}.json` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
