import type { BreakerOutcome } from '../../../machines/events.ts';
import { h, setAttribute, setText } from '../../inspector/dom.ts';
import { button } from './button.ts';
import type { Playground, Shown } from './playground.ts';
import type { PermitOut } from './run.ts';

type Generation = 'none' | 'current' | 'earlier';

const GENERATIONS: readonly Generation[] = ['none', 'current', 'earlier'];

const SENT: readonly (readonly [BreakerOutcome, string, string])[] = [
  ['SUCCESS', 's', 'The work succeeded'],
  ['FAILURE', 'f', 'The work failed'],
  ['CANCELLED', 'c', 'The work was given up: no verdict on the service'],
  ['STORAGE_FATAL', 'x', 'Our own store failed: no verdict on the service'],
];

/** Outcomes that are sent without a permit, with or without a generation; and those of the permits that are out. */
export class OutcomeView implements Shown {
  readonly #playground: Playground;
  readonly #choices = new Map<Generation, { readonly input: HTMLInputElement; readonly text: HTMLElement }>();
  readonly #permits = h('ul', { class: 'permits', tabindex: -1, 'data-testid': 'permits' });
  readonly keys: { readonly [key: string]: () => void };
  #shown: readonly PermitOut[] | undefined;
  #shownGeneration = -1;

  constructor(root: HTMLElement, permits: HTMLElement, playground: Playground) {
    this.#playground = playground;
    const choices = GENERATIONS.map((name) => this.#choice(name));
    const buttons = SENT.map(([type, key, title]) =>
      button(type, { key, title, class: `outcome-${type}`, testId: `send-${type}` }, () => this.#send(type)),
    );
    root.append(
      h('div', { class: 'buttons' }, ...buttons),
      h('fieldset', { class: 'choices' }, h('legend', {}, 'sent with'), ...choices),
    );
    permits.append(this.#permits);
    this.keys = Object.fromEntries(SENT.map(([type, key]) => [key, () => this.#send(type)]));
  }

  render(): void {
    const { generation } = this.#playground.session.run.view;
    const { permits } = this.#playground.session.run;
    if (permits === this.#shown && generation === this.#shownGeneration) return;
    this.#shown = permits;
    this.#shownGeneration = generation;
    this.#label('none', 'no generation');
    this.#label('current', `the current one, ${generation}`);
    this.#label('earlier', generation === 0 ? 'an earlier one' : `an earlier one, ${generation - 1}`);
    const earlier = this.#choices.get('earlier')?.input;
    if (earlier !== undefined) {
      setAttribute(earlier, 'disabled', generation === 0);
      if (generation === 0 && earlier.checked) this.#check('none');
    }
    this.#fillPermits(permits, generation);
  }

  /** The button that was pressed may be gone with its permit: the focus stays near. */
  #fillPermits(permits: readonly PermitOut[], generation: number): void {
    const hadFocus = this.#permits.contains(document.activeElement);
    this.#permits.replaceChildren(...permits.map((permit) => this.#permit(permit, generation)));
    if (hadFocus) (this.#permits.querySelector('button') ?? this.#permits).focus();
  }

  #choice(name: Generation): HTMLElement {
    const input = h('input', { type: 'radio', name: 'generation', value: name, 'data-testid': `as-${name}` });
    input.checked = name === 'none';
    const text = h('span', {});
    this.#choices.set(name, { input, text });
    return h('label', { class: 'check' }, input, text);
  }

  #label(name: Generation, text: string): void {
    const choice = this.#choices.get(name);
    if (choice !== undefined) setText(choice.text, text);
  }

  #check(name: Generation): void {
    const choice = this.#choices.get(name);
    if (choice !== undefined) choice.input.checked = true;
  }

  #send(type: BreakerOutcome): void {
    const { generation } = this.#playground.session.run.view;
    const chosen = GENERATIONS.find((name) => this.#choices.get(name)?.input.checked);
    if (chosen === 'current') this.#playground.do({ type, generation });
    else if (chosen === 'earlier') this.#playground.do({ type, generation: generation - 1 });
    else this.#playground.do({ type });
  }

  #permit({ id, generation, holdsSlot }: PermitOut, current: number): HTMLElement {
    const isLate = generation !== current;
    const about = `generation ${generation}${holdsSlot && !isLate ? ', holds a slot' : ''}${isLate ? ', late' : ''}`;
    return h(
      'li',
      { class: isLate ? 'permit is-late' : 'permit', 'data-testid': 'permit' },
      h(
        'span',
        { class: 'permit-name' },
        h('b', { class: 'code' }, id),
        h('span', { class: 'muted' }, ` ${about}`),
      ),
      h(
        'span',
        { class: 'permit-outcomes' },
        ...SENT.map(([type, , title]) =>
          button(
            type.replace('STORAGE_FATAL', 'STORAGE'),
            { class: 'small', title: `${title} (permit ${id})`, testId: `permit-${type}` },
            () => this.#playground.do({ type, permit: id }),
          ),
        ),
      ),
    );
  }
}
