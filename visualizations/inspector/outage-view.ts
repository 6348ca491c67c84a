import { type Api, messageOf } from './api.ts';
import { actionButton } from './dialog.ts';
import { h, setAttribute, setText } from './dom.ts';
import { countdownText } from './format.ts';
import type { Rendered } from './render-loop.ts';
import { DISBURSEMENTS } from './selection.ts';
import { isBreaker } from './situation.ts';
import type { Store } from './store.ts';

interface OutageStatus {
  readonly mode: string | null;
  readonly endsInMs: number | null;
}

const MODES = { refuse: 'nobody listens', hang: 'nobody answers', unavailable: 'HTTP 503' } as const;
const DURATIONS = ['10s', '20s', '1m', '5m'] as const;
const POLL_MS = 3_000;

/** The switch of `treasury dev` that breaks its own RPC. */
export class OutageView implements Rendered {
  readonly #store: Store;
  readonly #api: Api;
  readonly #path: string | undefined;
  readonly #root = h('section', {
    class: 'control outage',
    'aria-label': 'Outage switch',
    'data-testid': 'outage',
  });
  readonly #mode = h('select', { 'aria-label': 'How the RPC fails', 'data-testid': 'outage-mode' });
  readonly #duration = h('select', { 'aria-label': 'For how long', 'data-testid': 'outage-duration' });
  readonly #status = h('p', { class: 'control-result', role: 'status', 'data-testid': 'outage-status' });
  readonly #lift: HTMLButtonElement;
  #known: { readonly mode: string; readonly endsAt: number | undefined } | undefined;
  #error = '';
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(parent: HTMLElement, store: Store, api: Api) {
    this.#store = store;
    this.#api = api;
    this.#path = store.config.outageControl;
    for (const [mode, meaning] of Object.entries(MODES))
      this.#mode.append(h('option', { value: mode }, `${mode}: ${meaning}`));
    for (const duration of DURATIONS) this.#duration.append(h('option', { value: duration }, duration));
    this.#duration.value = '20s';
    const begin = actionButton(
      'Break the RPC',
      '',
      () => void this.#ask('POST', { mode: this.#mode.value, duration: this.#duration.value }),
    );
    begin.dataset['testid'] = 'outage-begin';
    this.#lift = actionButton('Lift', '', () => void this.#ask('DELETE'));
    this.#lift.dataset['testid'] = 'outage-lift';
    this.#root.append(h('h3', {}, 'Outage'), this.#mode, this.#duration, begin, this.#lift, this.#status);
    if (this.#path !== undefined) parent.append(this.#root);
  }

  render(): void {
    const { actor, selection } = this.#store;
    const isShown =
      this.#path !== undefined && actor !== undefined && isBreaker(actor) && selection.key !== DISBURSEMENTS;
    setAttribute(this.#root, 'hidden', !isShown);
    if (!isShown) return;
    if (performance.now() - this.#askedAt > POLL_MS && !document.hidden) void this.#ask('GET');
    setAttribute(this.#lift, 'disabled', this.#known === undefined);
    this.#status.className = `control-result${this.#error !== '' || this.#known !== undefined ? ' tone-bad' : ''}`;
    setText(this.#status, this.#error !== '' ? this.#error : this.#statusText());
  }

  #statusText(): string {
    if (this.#known === undefined) return 'The RPC is not broken on purpose.';
    const { mode, endsAt } = this.#known;
    return endsAt === undefined
      ? `On: ${mode}, until it is lifted`
      : `On: ${mode}, ends in ${countdownText(endsAt - Date.now())}`;
  }

  async #ask(method: 'GET' | 'POST' | 'DELETE', body?: unknown): Promise<void> {
    this.#askedAt = performance.now();
    try {
      const { mode, endsInMs } = await this.#api.ask<OutageStatus>(this.#path ?? '', {
        method,
        ...(body !== undefined && { body }),
      });
      this.#known =
        mode === null ? undefined : { mode, endsAt: endsInMs === null ? undefined : Date.now() + endsInMs };
      this.#error = '';
    } catch (error) {
      this.#error = messageOf(error);
    }
  }
}
