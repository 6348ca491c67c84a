import { actionButton, createDialog, dialogButtons } from './dialog.ts';
import { h, setText } from './dom.ts';

export interface Question {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly yes: string;
}

/** Asks before something is done that has consequences; an optional reason goes along. */
export class ConfirmDialog {
  readonly #title: HTMLElement;
  readonly #text = h('div', { class: 'consequences', 'data-testid': 'consequences' });
  readonly #reason = h('input', {
    type: 'text',
    id: 'confirm-reason',
    maxlength: 200,
    autocomplete: 'off',
    placeholder: 'optional, kept with the action',
    'data-testid': 'confirm-reason',
  });
  readonly #yes: HTMLButtonElement;
  readonly #dialog: HTMLDialogElement;
  #resolve: ((answer: { readonly reason: string } | undefined) => void) | undefined;

  constructor() {
    const yes = () => this.#finish({ reason: this.#reason.value.trim() });
    this.#yes = actionButton('', 'danger', yes);
    this.#yes.dataset['testid'] = 'confirm-yes';
    const no = actionButton('Cancel', '', () => this.#finish(undefined));
    no.dataset['testid'] = 'confirm-no';
    this.#dialog = createDialog(
      ' ',
      'confirm-dialog',
      this.#text,
      h('label', { class: 'field-label', for: 'confirm-reason' }, 'Reason'),
      this.#reason,
      dialogButtons(no, this.#yes),
    );
    this.#title = this.#dialog.querySelector('h2') as HTMLElement;
    this.#dialog.addEventListener('close', () => this.#finish(undefined));
    this.#reason.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      yes();
    });
  }

  /** @returns undefined when the answer is no */
  ask({ title, sentences, yes }: Question): Promise<{ readonly reason: string } | undefined> {
    setText(this.#title, title);
    this.#text.replaceChildren(...sentences.map((sentence) => h('p', {}, sentence)));
    setText(this.#yes, yes);
    this.#reason.value = '';
    this.#dialog.showModal();
    this.#reason.focus();
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  #finish(answer: { readonly reason: string } | undefined): void {
    const resolve = this.#resolve;
    this.#resolve = undefined;
    this.#dialog.close();
    resolve?.(answer);
  }
}
