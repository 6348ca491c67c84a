import { actionButton, createDialog, dialogButtons } from './dialog.ts';
import { h, setText } from './dom.ts';
import { keeper } from './storage.ts';

/** The operator's token: asked for when it is needed, kept by this tab only, sent to this server only. */
export class TokenKeeper {
  readonly #kept = keeper(() => sessionStorage, 'inspector.token');
  readonly #input = h('input', {
    type: 'password',
    id: 'token',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-describedby': 'token-note',
    'data-testid': 'token-input',
  });
  readonly #note = h('p', { id: 'token-note', class: 'dialog-note', role: 'status' });
  readonly #dialog: HTMLDialogElement;
  #waiting: ((token: string | undefined) => void)[] = [];

  constructor() {
    const send = () => this.#finish(this.#input.value.trim());
    const submit = actionButton('Use it', 'primary', send);
    submit.dataset['testid'] = 'token-submit';
    this.#dialog = createDialog(
      'Operator token',
      'token-dialog',
      this.#note,
      h('label', { class: 'field-label', for: 'token' }, 'Token'),
      this.#input,
      dialogButtons(
        actionButton('Cancel', '', () => this.#finish('')),
        submit,
      ),
    );
    this.#input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      // Or the same key would press the button that gets the focus back.
      event.preventDefault();
      send();
    });
    this.#dialog.addEventListener('close', () => this.#finish(''));
  }

  readonly get = (): string | undefined => this.#kept.get();

  /** @returns undefined when the reader does not want to */
  ask(note: string): Promise<string | undefined> {
    setText(this.#note, note);
    this.#input.value = '';
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#input.focus();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #finish(token: string): void {
    if (token !== '') this.#kept.set(token);
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#dialog.close();
    for (const resolve of waiting) resolve(token === '' ? undefined : token);
  }
}
