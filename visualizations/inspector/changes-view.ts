import type { PastChange } from '../../src/inspect/protocol.ts';
import { h, setAttribute } from './dom.ts';
import { clockText, durationText, eventText, newStateText, stateText } from './format.ts';
import { shapeIcon } from './icons.ts';
import type { Rendered } from './render-loop.ts';
import { lookOf } from './state-look.ts';
import type { Store } from './store.ts';
import { causeOf } from './summary-text.ts';

const MOST = 12;

/** The recent changes of state beside each other, the newest first, with how long each state lasted. */
export class ChangesView implements Rendered {
  readonly #store: Store;
  readonly #root = h('section', {
    class: 'changes',
    'aria-label': 'Recent changes of state',
    'data-testid': 'changes',
  });
  readonly #list = h('ol', {
    class: 'change-list',
    tabindex: 0,
    'aria-label': 'Recent changes of state, newest first',
  });
  #shown: readonly PastChange[] | undefined;

  constructor(parent: HTMLElement, store: Store) {
    this.#store = store;
    this.#root.append(this.#list);
    parent.append(this.#root);
  }

  render(): void {
    const changes = this.#store.actor?.machine.changes ?? [];
    setAttribute(this.#root, 'hidden', this.#store.actor === undefined);
    if (changes === this.#shown) return;
    this.#shown = changes;
    const items = changes.slice(0, MOST).map((change, i) => this.#item(change, changes[i - 1]));
    this.#list.replaceChildren(
      ...(items.length > 0 ? items : [h('li', { class: 'muted' }, 'No change of state is known yet.')]),
    );
  }

  #item(change: PastChange, next: PastChange | undefined): HTMLLIElement {
    const { event, sender, guards } = causeOf(change, this.#store.actor?.name ?? '');
    const lasted = next === undefined ? 'now' : durationText(next.at - change.at);
    const button = h(
      'button',
      {
        type: 'button',
        class: 'change',
        title: `${stateText(change.from)} → ${stateText(change.to)}\n${event} ${sender}${guards === '' ? '' : ` — ${guards}`}`,
      },
      h(
        'span',
        { class: 'change-state' },
        shapeIcon(lookOf(change.to)),
        h('b', {}, newStateText(change.from, change.to)),
        h('span', { class: 'muted' }, lasted),
      ),
      h(
        'span',
        { class: 'change-cause' },
        h('time', {}, clockText(change.at)),
        ` ${eventText(change.event)}`,
      ),
    );
    button.addEventListener('click', () => {
      if (this.#store.view === 'context') this.#store.show('log');
      this.#store.select(change.seq);
    });
    return h('li', {}, button);
  }
}
