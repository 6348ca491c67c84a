import type { DisbursementsView as Disbursements, DisbursementView } from '../../src/inspect/protocol.ts';
import { type Api, ApiError, messageOf } from './api.ts';
import { actionButton } from './dialog.ts';
import { disbursementDetail, hashParts } from './disbursement-detail.ts';
import { h, setAttribute, setText } from './dom.ts';
import { clockText, countText, plural, wordsOf } from './format.ts';
import type { Rendered } from './render-loop.ts';
import { DISBURSEMENTS } from './selection.ts';
import type { Store } from './store.ts';

const POLL_MS = 2_000;
const ORDER = ['queued', 'staged', 'submitted', 'executed', 'finalized', 'cancelled', 'deadLetter'];

/** How the payments stand: counts, those in flight, and any one by its id. */
export class DisbursementsPanel implements Rendered {
  readonly #root: HTMLElement;
  readonly #store: Store;
  readonly #api: Api;
  readonly #path: string;
  readonly #counts = h('ul', {
    class: 'counts',
    'aria-label': 'Disbursements by status',
    'data-testid': 'disbursement-counts',
  });
  readonly #caption = h('caption', {});
  readonly #rows = h('tbody', { 'data-testid': 'in-flight' });
  readonly #note = h('p', { class: 'muted', role: 'status' });
  readonly #id = h('input', {
    type: 'search',
    id: 'disbursement-id',
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: 'Id of a disbursement',
    'data-testid': 'disbursement-id',
  });
  readonly #found = h('div', { class: 'found', role: 'status', 'data-testid': 'disbursement-found' });
  #askedAt = Number.NEGATIVE_INFINITY;
  #shown = '';

  constructor(root: HTMLElement, store: Store, api: Api) {
    this.#root = root;
    this.#store = store;
    this.#api = api;
    this.#path = `${store.config.base}/disbursements`;
    const search = actionButton('Search', '', () => void this.#search(this.#id.value.trim()));
    this.#id.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') void this.#search(this.#id.value.trim());
    });
    const table = h(
      'table',
      { class: 'payments' },
      this.#caption,
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ...['Id', 'Status', 'Nonce', 'Transaction', 'Attempts', 'Reason'].map((text) =>
            h('th', { scope: 'col' }, text),
          ),
        ),
      ),
      this.#rows,
    );
    root.append(
      h('div', { class: 'stage-bar' }, h('h2', {}, 'Disbursements'), this.#note),
      h(
        'div',
        { class: 'disbursements-body' },
        this.#counts,
        h(
          'search',
          { class: 'search', 'aria-label': 'Disbursement by id' },
          h('label', { for: 'disbursement-id', class: 'unseen' }, 'Id of a disbursement'),
          this.#id,
          search,
        ),
        this.#found,
        h(
          'div',
          { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': 'Disbursements in flight' },
          table,
        ),
      ),
    );
  }

  render(): void {
    const { selection, isPaused } = this.#store;
    const isOpen = selection.key === DISBURSEMENTS;
    setAttribute(this.#root, 'hidden', !isOpen);
    if (!isOpen || document.hidden || isPaused || performance.now() - this.#askedAt < POLL_MS) return;
    void this.#poll();
  }

  async #poll(): Promise<void> {
    this.#askedAt = performance.now();
    try {
      this.#show(await this.#api.ask<Disbursements>(this.#path));
    } catch (error) {
      setText(this.#note, `Not up to date: ${messageOf(error)}`);
    }
  }

  #show(view: Disbursements): void {
    setText(this.#note, `as of ${clockText(view.now)}`);
    const { counts, inFlight, inFlightTotal } = view;
    const key = JSON.stringify([counts, inFlight, inFlightTotal]);
    if (key === this.#shown) return;
    this.#shown = key;
    const statuses = [...ORDER, ...Object.keys(counts).filter((status) => !ORDER.includes(status))];
    this.#counts.replaceChildren(
      ...statuses.map((status) => {
        const count = counts[status] ?? 0;
        return h(
          'li',
          { class: `count count-${status}${count === 0 ? ' is-zero' : ''}`, 'data-status': status },
          h('b', {}, countText(count)),
          h('span', {}, wordsOf(status)),
        );
      }),
    );
    const more = inFlightTotal > inFlight.length ? `, the first ${inFlight.length} by nonce` : '';
    setText(
      this.#caption,
      inFlightTotal === 0
        ? 'Nothing is in flight.'
        : `${plural(inFlightTotal, 'disbursement')} in flight${more}`,
    );
    this.#rows.replaceChildren(...inFlight.map((one) => this.#row(one)));
  }

  #row(one: DisbursementView): HTMLTableRowElement {
    const id = h('button', { type: 'button', class: 'link code' }, one.id);
    id.addEventListener('click', () => void this.#search(one.id));
    return h(
      'tr',
      { 'data-id': one.id },
      h('td', {}, id),
      h('td', {}, wordsOf(one.status)),
      h('td', { class: 'code number' }, one.nonce === null ? '–' : String(one.nonce)),
      h('td', { class: 'code' }, ...hashParts(one.txHash)),
      h('td', { class: 'number' }, String(one.attempts)),
      h('td', { class: 'reason-cell', title: one.reason ?? '' }, one.reason ?? ''),
    );
  }

  async #search(id: string): Promise<void> {
    if (id === '') {
      this.#found.replaceChildren();
      return;
    }
    this.#id.value = id;
    try {
      const one = await this.#api.ask<DisbursementView>(`${this.#path}/${encodeURIComponent(id)}`);
      this.#found.replaceChildren(disbursementDetail(one, () => this.#found.replaceChildren()));
    } catch (error) {
      const isUnknown = error instanceof ApiError && error.status === 404;
      this.#found.replaceChildren(
        h('p', { class: 'muted' }, isUnknown ? `There is no disbursement ${id}.` : messageOf(error)),
      );
    }
  }
}
