import type { FeedRecord } from '../../src/inspect/protocol.ts';
import { cameToNothing, recordEvent } from './record-words.ts';

/** A message between two lanes, or from a lane to itself. */
export interface SequenceMessage {
  readonly seq: number;
  readonly at: number;
  /** Indices of lanes. */
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly kind: 'sent' | 'self' | 'refused' | 'life';
  /** Where the record led to, if it changed the state. */
  readonly change?: string;
}

export interface SequenceLayout {
  readonly lanes: readonly string[];
  readonly messages: readonly SequenceMessage[];
  /** Messages that were left out before the first one. */
  readonly omitted: number;
}

export interface SequenceOptions {
  /** Name of an actor's lane: a promise has that of whoever waits for it. */
  readonly laneOf: (id: string) => string;
  /** Names that always have a lane, in this order. */
  readonly lasting: readonly string[];
  /** Does the actor of that name come and go with many of its kind? Only the latest of those get lanes. */
  readonly isPassing: (name: string) => boolean;
  /** Text of a change of state. */
  readonly changeText: (record: FeedRecord) => string | undefined;
  readonly mostMessages?: number;
  readonly mostPassing?: number;
}

export const OUTSIDE = 'outside';

/**
 * Lanes and messages of a sequence diagram: outside first where anybody there sent something, then the long-lived
 * actors, then the latest of those that come and go, and one lane for the others.
 */
export function sequenceOf(records: readonly FeedRecord[], options: SequenceOptions): SequenceLayout {
  const { laneOf, lasting, isPassing, changeText, mostMessages = 150, mostPassing = 4 } = options;
  const shown = records.slice(-mostMessages);
  const ends = shown.map((record) => {
    const to = laneOf(record.actor);
    const from = record.kind === 'event' ? (record.from === undefined ? OUTSIDE : laneOf(record.from)) : to;
    return { record, from, to };
  });
  const lanes = lanesOf(ends, lasting, isPassing, mostPassing);
  const indexOf = (name: string): number => {
    const index = lanes.indexOf(name);
    return index === -1 ? lanes.length - 1 : index;
  };
  const messages = ends.map(({ record, from, to }): SequenceMessage => {
    const change = changeText(record);
    return {
      seq: record.seq,
      at: record.at,
      from: indexOf(from),
      to: indexOf(to),
      label: recordEvent(record),
      kind: kindOf(record, indexOf(from) === indexOf(to)),
      ...(change !== undefined && { change }),
    };
  });
  return { lanes, messages, omitted: records.length - shown.length };
}

function lanesOf(
  ends: readonly { readonly from: string; readonly to: string }[],
  lasting: readonly string[],
  isPassing: (name: string) => boolean,
  mostPassing: number,
): readonly string[] {
  const names = new Set(ends.flatMap(({ from, to }) => [from, to]));
  const hasOutside = names.delete(OUTSIDE);
  const others = [...names].filter((name) => !isPassing(name) && !lasting.includes(name)).toSorted();
  // The ones that were heard of last; a set keeps the order of first insertion, so it is filled from the end.
  const latest = new Set(
    ends
      .toReversed()
      .flatMap(({ from, to }) => [from, to])
      .filter((name) => names.has(name) && isPassing(name)),
  );
  const own = [...latest].slice(0, mostPassing).toReversed();
  const crowd = latest.size > mostPassing ? [othersLane([...latest])] : [];
  return [...(hasOutside ? [OUTSIDE] : []), ...lasting, ...others, ...own, ...crowd];
}

/** `other payments` where all names begin with `payment:`. */
function othersLane(names: readonly string[]): string {
  const kinds = new Set(names.map((name) => name.split(':')[0]));
  const [kind] = kinds;
  return kinds.size === 1 && kind !== undefined && names[0]?.includes(':') ? `other ${kind}s` : 'others';
}

function kindOf(record: FeedRecord, isSelf: boolean): SequenceMessage['kind'] {
  if (cameToNothing(record)) return 'refused';
  if (record.kind !== 'event') return 'life';
  return isSelf ? 'self' : 'sent';
}
