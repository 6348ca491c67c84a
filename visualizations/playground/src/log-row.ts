import { h } from '../../inspector/dom.ts';
import { wordsOf } from '../../inspector/format.ts';
import { glyph, shapeIcon } from '../../inspector/icons.ts';
import { lookOf } from '../../inspector/state-look.ts';
import type { Entry } from './entry.ts';
import { answerText, countChanges, entryDetail, entryTitle, instantText } from './words.ts';

/** One line of the log: when, what, and what came of it. @param isFirst of its step, whose number it shows */
export function logRow(entry: Entry, index: number, isFirst: boolean): HTMLElement {
  const detail = entryDetail(entry);
  return h(
    'li',
    {
      id: `entry-${index}`,
      class: entry.sent === undefined ? 'entry is-time' : 'entry',
      role: 'option',
      'aria-selected': 'false',
      'data-index': index,
      'data-verdict': entry.verdict,
    },
    h('span', { class: 'entry-step muted' }, isFirst ? String(entry.step + 1) : ''),
    h('span', { class: 'entry-at code muted' }, instantText(entry.at)),
    h(
      'span',
      { class: 'entry-what' },
      h('b', { class: 'code' }, entryTitle(entry)),
      detail === '' ? undefined : h('span', { class: 'muted' }, ` ${detail}`),
    ),
    h('span', { class: 'entry-outcome' }, ...outcome(entry)),
  );
}

function outcome(entry: Entry): readonly HTMLElement[] {
  const { verdict, reason, answer, guards, before, after } = entry;
  const counts = countChanges(entry);
  const parts: HTMLElement[] = [];
  if (before.state !== after.state) parts.push(change(before.state, after.state));
  if (verdict === 'refused' || verdict === 'ignored') {
    parts.push(h('span', { class: `verdict verdict-${verdict}` }, glyph(verdict), verdict));
  } else if (before.state === after.state && answer === undefined) {
    parts.push(
      h(
        'span',
        { class: 'verdict' },
        verdict === 'idle' ? 'passes, nothing happens' : `taken in ${after.state}`,
      ),
    );
  }
  if (answer !== undefined) parts.push(h('span', {}, answerText(answer)));
  else if (reason !== undefined) parts.push(h('span', {}, reason));
  if (guards.length > 0 && verdict === 'taken')
    parts.push(h('span', { class: 'guard' }, guards.map(wordsOf).join(', ')));
  if (counts.length > 0) parts.push(h('span', { class: 'entry-counts' }, counts.join(' · ')));
  return parts;
}

function change(from: string, to: string): HTMLElement {
  const look = lookOf(to);
  return h(
    'span',
    { class: `change tone-${look.tone}` },
    h('span', { class: 'muted' }, from),
    h('span', { class: 'arrow', 'aria-hidden': 'true' }, ' → '),
    h('span', { class: 'unseen' }, ' to '),
    shapeIcon(look),
    h('b', {}, to),
  );
}
