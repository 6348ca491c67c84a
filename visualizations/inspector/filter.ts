import type { FeedRecord, Shown } from '../../src/inspect/protocol.ts';
import { cameToNothing, outcomeOf, recordEvent } from './record-words.ts';

/** Which kinds of records a reader wants to see. */
export const KINDS = ['all', 'changes', 'refused'] as const;
export type Kind = (typeof KINDS)[number];

export interface Filter {
  /** Words that all have to occur, in upper or lower case. */
  readonly text: string;
  /** Name of an actor that sent or got it; empty: everybody. */
  readonly actor: string;
  readonly kind: Kind;
  readonly showsInternal: boolean;
}

export const NO_FILTER: Filter = { text: '', actor: '', kind: 'all', showsInternal: false };

export const isSameFilter = (a: Filter, b: Filter): boolean =>
  a.text === b.text && a.actor === b.actor && a.kind === b.kind && a.showsInternal === b.showsInternal;

type NameOf = (id: string) => string;

const texts = new WeakMap<FeedRecord, string>();

/** A test for records. Names are looked up by id, because records carry ids only. */
export function recordTest(filter: Filter, nameOf: NameOf): (record: FeedRecord) => boolean {
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return (record) =>
    isOfKind(record, filter) &&
    (filter.actor === '' || namesOf(record, nameOf).includes(filter.actor)) &&
    (words.length === 0 || hasWords(record, words, nameOf));
}

/** An internal event that changed the state is still a change of state. */
function isOfKind(record: FeedRecord, { kind, showsInternal }: Filter): boolean {
  const isChange = record.kind === 'event' && record.change !== undefined;
  if (kind === 'changes') return isChange;
  if (record.isInternal === true && !showsInternal) return false;
  return kind === 'all' || cameToNothing(record);
}

const namesOf = (record: FeedRecord, nameOf: NameOf): readonly string[] =>
  record.kind === 'event' && record.from !== undefined
    ? [nameOf(record.actor), nameOf(record.from)]
    : [nameOf(record.actor)];

function hasWords(record: FeedRecord, words: readonly string[], nameOf: NameOf): boolean {
  let text = texts.get(record);
  if (text === undefined) {
    text = textOf(record, nameOf).toLowerCase();
    texts.set(record, text);
  }
  return words.every((word) => text.includes(word));
}

function textOf(record: FeedRecord, nameOf: NameOf): string {
  const parts = [...namesOf(record, nameOf), recordEvent(record), outcomeOf(record).text];
  if (record.kind === 'event') {
    parts.push(...shownStrings(record.event), ...record.steps.flatMap(({ guards }) => guards));
    if (record.change !== undefined) parts.push(JSON.stringify([record.change.from, record.change.to]));
  }
  return parts.join('\n');
}

function shownStrings(value: Shown): string[] {
  if (value === null) return [];
  if (typeof value === 'object') return Object.values(value).flatMap(shownStrings);
  return [String(value)];
}
