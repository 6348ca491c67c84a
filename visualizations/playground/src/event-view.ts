import { h } from '../../inspector/dom.ts';
import { button } from './button.ts';
import { OutcomeView } from './outcome-view.ts';
import type { Playground, Shown } from './playground.ts';
import { LONGEST_ID, LONGEST_REASON } from './step.ts';

/** Everything that can be sent to the breaker. */
export class EventView implements Shown {
  readonly #playground: Playground;
  readonly #outcomes: OutcomeView;
  readonly #id = h('input', {
    type: 'text',
    maxlength: LONGEST_ID,
    spellcheck: 'false',
    'aria-label': 'Name of the next permit; without one it takes an anonymous slot',
    placeholder: 'anonymous',
    'data-testid': 'permit-id',
  });
  readonly #reason = h('input', {
    type: 'text',
    maxlength: LONGEST_REASON,
    'aria-label': 'Reason for ISOLATE or RESET',
    placeholder: 'reason',
    'data-testid': 'reason',
  });
  readonly keys: { readonly [key: string]: () => void };
  #asked = -1;

  constructor(root: HTMLElement, playground: Playground) {
    this.#playground = playground;
    const [outcomes, permits] = [h('div', { class: 'group' }), h('div', {})];
    this.#outcomes = new OutcomeView(outcomes, permits, playground);
    const ask = () => this.#ask();
    const isolate = () => this.#order('ISOLATE');
    const reset = () => this.#order('RESET');
    root.append(
      outcomes,
      h(
        'div',
        { class: 'group' },
        h(
          'div',
          { class: 'line-of' },
          button('PERMIT', { key: 'p', title: 'Asks to be admitted', testId: 'send-PERMIT' }, ask),
          this.#id,
        ),
        permits,
      ),
      h(
        'div',
        { class: 'group line-of' },
        button(
          'ISOLATE',
          { key: 'i', title: 'Refuses everything until a RESET', testId: 'send-ISOLATE' },
          isolate,
        ),
        button('RESET', { key: 'r', title: 'Closes it, and clears all counts', testId: 'send-RESET' }, reset),
        this.#reason,
      ),
    );
    this.keys = { ...this.#outcomes.keys, p: ask, i: isolate, r: reset };
  }

  render(): void {
    this.#outcomes.render();
    const asked = this.#playground.session.scenario.steps.filter(({ type }) => type === 'PERMIT').length;
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#id.value = `p${asked + 1}`;
  }

  #ask(): void {
    const id = this.#id.value.toWellFormed();
    this.#playground.do(id === '' ? { type: 'PERMIT' } : { type: 'PERMIT', id });
  }

  #order(type: 'ISOLATE' | 'RESET'): void {
    const reason = this.#reason.value.toWellFormed();
    this.#reason.value = '';
    this.#playground.do(reason === '' ? { type } : { type, reason });
  }
}
