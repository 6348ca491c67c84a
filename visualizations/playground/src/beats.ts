import type { Answer, Entry, SentEvent, View } from './entry.ts';

/**
 * What a test does at once and then looks at: one event, or time up to the next timers. Timers that end in the same
 * millisecond cannot be told apart from outside.
 */
export interface Beat {
  readonly sent: SentEvent | undefined;
  /** Milliseconds that pass; 0 for an event. */
  readonly passedMs: number;
  /** Types of the timers' events. */
  readonly timers: readonly string[];
  /** Why an event came to nothing. */
  readonly refusal: string | undefined;
  readonly answer: Answer | undefined;
  readonly before: View;
  readonly after: View;
}

const QUIET = { sent: undefined, timers: [], refusal: undefined, answer: undefined } as const;

export function beatsOf(entries: readonly Entry[]): readonly Beat[] {
  const beats: Beat[] = [];
  let now = 0;
  for (const entry of entries) {
    const last = beats.at(-1);
    if (last !== undefined && entry.sent === undefined && entry.at === now) {
      beats[beats.length - 1] = { ...last, timers: [...last.timers, ...timerOf(entry)], after: entry.after };
      continue;
    }
    const { sent, at, answer, before, after, verdict } = entry;
    // An answer says itself that it is a denial.
    const isTold = verdict === 'taken' || answer !== undefined;
    const refusal = sent === undefined || isTold ? undefined : refusalOf(entry);
    const timers = timerOf(entry);
    // That something happens in a time is half of it: a millisecond before it has not happened yet.
    const isSplit = timers.length > 0 && at - now > 1;
    if (isSplit) beats.push({ ...QUIET, passedMs: at - now - 1, before, after: before });
    beats.push({ sent, passedMs: isSplit ? 1 : at - now, timers, refusal, answer, before, after });
    now = at;
  }
  return beats;
}

const timerOf = ({ sent, type }: Entry): readonly string[] =>
  sent === undefined && type !== undefined ? [type] : [];

const refusalOf = ({ verdict, reason }: Entry): string =>
  verdict === 'refused' ? `refused, ${reason ?? 'a guard said no'}` : (reason ?? 'ignored');

/** The count that rises by one with each beat of a run. */
export type RisingCount = 'failures' | 'successes';

/** Beats that do the same and differ in one count only, which rises with each. */
export interface BeatRun {
  readonly beats: readonly Beat[];
  readonly rising: RisingCount | undefined;
}

/** Beats as a reader takes them in: a paragraph ends where the state changes, and where time begins or ends to pass. */
export function paragraphsOf(beats: readonly Beat[]): readonly (readonly BeatRun[])[] {
  const paragraphs: BeatRun[][] = [];
  for (const beat of beats) {
    const paragraph = paragraphs.at(-1);
    const last = paragraph?.at(-1);
    const previous = last?.beats.at(-1);
    if (paragraph === undefined || last === undefined || previous === undefined || isParted(previous, beat)) {
      paragraphs.push([{ beats: [beat], rising: undefined }]);
      continue;
    }
    const rising = risingBetween(previous, beat);
    const continues = rising !== undefined && (last.rising === rising || last.beats.length === 1);
    if (continues) paragraph[paragraph.length - 1] = { beats: [...last.beats, beat], rising };
    else paragraph.push({ beats: [beat], rising: undefined });
  }
  return paragraphs;
}

const isParted = (previous: Beat, beat: Beat): boolean =>
  previous.before.state !== previous.after.state ||
  (previous.sent === undefined) !== (beat.sent === undefined);

function risingBetween(a: Beat, b: Beat): RisingCount | undefined {
  if (a.sent === undefined || JSON.stringify(a.sent) !== JSON.stringify(b.sent)) return undefined;
  if (a.answer ?? b.answer ?? a.refusal ?? b.refusal) return undefined;
  const isSame = (name: 'state' | 'generation' | 'probes' | RisingCount): boolean =>
    a.after[name] === b.after[name];
  if (!isSame('state') || !isSame('generation') || !isSame('probes')) return undefined;
  if (isSame('successes') && b.after.failures === a.after.failures + 1) return 'failures';
  return isSame('failures') && b.after.successes === a.after.successes + 1 ? 'successes' : undefined;
}
