import { h } from './dom.ts';
import { glyph } from './icons.ts';

const SHOWN_MS = 1_500;

/**
 * A button that copies a text and says so.
 *
 * @param label what it copies, for its name
 * @param caption shown beside the icon; without one the button is small
 */
export function copyButton(label: string, text: () => string, caption?: string): HTMLButtonElement {
  const button = h(
    'button',
    {
      type: 'button',
      class: caption === undefined ? 'button icon-only small' : 'button',
      'aria-label': caption === undefined ? `Copy ${label}` : undefined,
      title: `Copy ${label}`,
    },
    glyph('copy'),
    caption,
  );
  button.addEventListener('click', (event) => {
    event.stopPropagation();
    void copy(text()).then((isDone) => {
      button.classList.toggle('is-done', isDone);
      button.title = isDone ? 'Copied' : 'The browser does not allow it';
      setTimeout(() => {
        button.classList.remove('is-done');
        button.title = `Copy ${label}`;
      }, SHOWN_MS);
    });
  });
  return button;
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
