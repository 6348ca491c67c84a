import { h } from '../../inspector/dom.ts';

/** The browser needs the address a little longer than the click lasts. */
const KEPT_MS = 10_000;

/** Gives a text as a file. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
