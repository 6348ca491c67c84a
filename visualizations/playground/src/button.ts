import { h } from '../../inspector/dom.ts';

interface ButtonLook {
  readonly class?: string;
  readonly title?: string;
  /** Key that does the same, shown within. */
  readonly key?: string;
  readonly testId?: string;
}

/** A button that does something at once. */
export function button(
  text: string,
  { class: look = '', title, key, testId }: ButtonLook,
  onClick: () => void,
): HTMLButtonElement {
  const element = h(
    'button',
    {
      type: 'button',
      class: `button ${look}`.trim(),
      title,
      'data-testid': testId,
      'aria-keyshortcuts': key,
    },
    h('span', { class: 'button-text' }, text),
    key === undefined ? undefined : h('kbd', { 'aria-hidden': 'true' }, key),
  );
  element.addEventListener('click', onClick);
  return element;
}
