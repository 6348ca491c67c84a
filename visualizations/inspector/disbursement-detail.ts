import type { DisbursementView } from '../../src/inspect/protocol.ts';
import { copyButton } from './copy-button.ts';
import { actionButton } from './dialog.ts';
import { h } from './dom.ts';
import { shortHash, wordsOf } from './format.ts';

/** Everything of one disbursement. */
export function disbursementDetail(one: DisbursementView, onClose: () => void): HTMLElement {
  const fact = (label: string, ...values: readonly (Node | string)[]) =>
    h('div', { class: 'fact' }, h('dt', {}, label), h('dd', {}, ...values));
  const close = actionButton('Close', '', onClose);
  return h(
    'div',
    { class: 'found-card' },
    h('div', { class: 'detail-head' }, h('h3', { class: 'code' }, one.id), close),
    h(
      'dl',
      { class: 'facts' },
      fact('Status', h('b', {}, wordsOf(one.status))),
      ...(one.reason === null ? [] : [fact('Reason', one.reason)]),
      fact(
        'To',
        h('span', { class: 'code' }, one.destination),
        ' ',
        copyButton('the address', () => one.destination),
      ),
      fact('Amount', h('span', { class: 'code' }, one.amount), ' base units'),
      fact('Nonce', one.nonce === null ? 'none yet' : String(one.nonce)),
      fact(
        'Transaction',
        ...(one.txHash === null
          ? ['none yet']
          : [h('span', { class: 'code' }, one.txHash), ' ', copyButton('the hash', () => one.txHash ?? '')]),
      ),
      fact('Attempts', String(one.attempts)),
    ),
  );
}

/** A hash as short as can be told apart, with a button for the whole. */
export const hashParts = (hash: string | null): readonly (Node | string)[] =>
  hash === null
    ? ['–']
    : [h('span', { title: hash }, shortHash(hash)), ' ', copyButton('the hash', () => hash)];
