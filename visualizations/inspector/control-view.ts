import { type Api, messageOf } from './api.ts';
import { ConfirmDialog } from './confirm-dialog.ts';
import { type BreakerAction, consequencesOf } from './consequences.ts';
import { actionButton } from './dialog.ts';
import { h, setAttribute, setText } from './dom.ts';
import { clockText } from './format.ts';
import type { Rendered } from './render-loop.ts';
import { DISBURSEMENTS } from './selection.ts';
import { isBreaker, situationOf } from './situation.ts';
import type { Store } from './store.ts';
import type { TokenKeeper } from './token-dialog.ts';
import { withToken } from './with-token.ts';

const TITLES = { isolate: 'Isolate the breaker?', reset: 'Reset the breaker?' } as const;
const LABELS = { isolate: 'Isolate', reset: 'Reset' } as const;

/** What an operator may do with the breaker, after a question that names the consequence. */
export class ControlView implements Rendered {
  readonly #store: Store;
  readonly #api: Api;
  readonly #tokens: TokenKeeper;
  readonly #root = h('section', {
    class: 'control',
    'aria-label': 'Control of the breaker',
    'data-testid': 'control',
  });
  readonly #result = h('p', { class: 'control-result', role: 'status', 'data-testid': 'control-result' });
  readonly #confirm = new ConfirmDialog();
  /** What was asked for and has not been seen to happen yet. */
  #pending: { readonly action: BreakerAction; readonly since: number } | undefined;

  constructor(parent: HTMLElement, store: Store, api: Api, tokens: TokenKeeper) {
    this.#store = store;
    this.#api = api;
    this.#tokens = tokens;
    const { breakerControl } = store.config;
    if (breakerControl === undefined) {
      this.#root.append(
        h(
          'p',
          { class: 'muted' },
          'Control is off. ',
          h('code', {}, '--control-token-file'),
          ' turns it on.',
        ),
      );
    } else {
      const button = (action: BreakerAction, look: '' | 'danger') => {
        const element = actionButton(
          `${LABELS[action]}…`,
          look,
          () => void this.#act(action, breakerControl),
        );
        element.dataset['testid'] = `control-${action}`;
        return element;
      };
      this.#root.append(
        h('h3', {}, 'Control'),
        button('isolate', 'danger'),
        button('reset', ''),
        this.#result,
      );
    }
    parent.append(this.#root);
  }

  render(): void {
    const { actor, selection } = this.#store;
    const isShown = actor !== undefined && isBreaker(actor) && selection.key !== DISBURSEMENTS;
    setAttribute(this.#root, 'hidden', !isShown);
    if (this.#pending === undefined || actor === undefined || !isShown) return;
    const [change] = actor.machine.changes;
    if (change === undefined || change.seq <= this.#pending.since) return;
    if (change.event !== this.#pending.action.toUpperCase()) return;
    this.#pending = undefined;
    this.#say('good', `Done at ${clockText(change.at)}: ${String(change.to)}.`);
  }

  async #act(action: BreakerAction, path: string): Promise<void> {
    const { actor, model, now } = this.#store;
    if (actor === undefined || !isBreaker(actor)) return;
    const sentences = consequencesOf(action, situationOf(actor, model.actors.values(), now));
    const answer = await this.#confirm.ask({ title: TITLES[action], sentences, yes: LABELS[action] });
    if (answer === undefined) return;
    const since = model.upTo;
    try {
      const body = { action, ...(answer.reason !== '' && { reason: answer.reason }) };
      const asked = await withToken(this.#tokens, () => this.#api.ask(path, { method: 'POST', body }));
      if (asked === undefined) {
        this.#say('', `Not done: ${LABELS[action]} needs the token.`);
        return;
      }
      this.#pending = { action, since };
      this.#say('', `Asked to ${action}: the executor applies it at its next tick.`);
    } catch (error) {
      this.#say('bad', `Not done: ${messageOf(error)}`);
    }
  }

  #say(tone: '' | 'good' | 'bad', text: string): void {
    this.#result.className = `control-result ${tone === '' ? '' : `tone-${tone}`}`;
    setText(this.#result, text);
  }
}
