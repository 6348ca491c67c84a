import { h } from './dom.ts';

let dialogs = 0;

/** A modal dialog with a heading; the browser keeps the focus in it, and Esc closes it. */
export function createDialog(
  title: string,
  testId: string,
  ...content: readonly (Node | string)[]
): HTMLDialogElement {
  dialogs += 1;
  const id = `dialog-title-${dialogs}`;
  const dialog = h(
    'dialog',
    { class: 'dialog', 'aria-labelledby': id, 'data-testid': testId },
    h('h2', { id }, title),
    ...content,
  );
  document.body.append(dialog);
  return dialog;
}

export const dialogButtons = (...buttons: readonly HTMLButtonElement[]): HTMLElement =>
  h('div', { class: 'dialog-buttons' }, ...buttons);

/** A button; `primary` for what the dialog is about, `danger` where that has consequences. */
export function actionButton(
  text: string,
  look: '' | 'primary' | 'danger',
  onClick: () => void,
): HTMLButtonElement {
  const button = h('button', { type: 'button', class: `button ${look}` }, text);
  button.addEventListener('click', onClick);
  return button;
}
