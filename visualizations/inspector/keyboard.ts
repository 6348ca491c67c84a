import { isTyping } from './dom.ts';

export type Keys = { readonly [key: string]: () => void };

/** Keys of the page as a whole. Nothing while somebody types, or while a dialog is open. */
export function listenToKeys(keys: Keys): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
      return;
    if (document.querySelector('dialog[open]') !== null) return;
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}
