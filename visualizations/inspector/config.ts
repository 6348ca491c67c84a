import type { PageConfig } from '../../src/inspect/protocol.ts';

/** What the server wrote into the page. */
export function readConfig(document: Document): PageConfig {
  const content = document.querySelector('meta[name="inspector"]')?.getAttribute('content');
  if (content === null || content === undefined) throw new Error('The page has no <meta name="inspector">');
  return JSON.parse(content) as PageConfig;
}
