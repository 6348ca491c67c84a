import { durationText as delayText } from '../../../src/diagram/trigger.ts';
import { eventText } from '../../inspector/format.ts';
import type { Answer, Entry } from './entry.ts';

export { delayText };

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');

/** Simulated time: `0:00.000`, `1:05.250`, `1:00:00.000`. */
export function instantText(ms: number): string {
  const [hours, minutes] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60];
  const seconds = `${pad(Math.floor(ms / 1_000) % 60, 2)}.${pad(ms % 1_000, 3)}`;
  return hours > 0 ? `${hours}:${pad(minutes, 2)}:${seconds}` : `${minutes}:${seconds}`;
}

/** What an entry was, short: `FAILURE`, `after openTimeout`, `time`. */
export const entryTitle = ({ type }: Entry): string => (type === undefined ? 'time' : eventText(type));

/** What the event carried, for people. */
export function entryDetail({ sent }: Entry): string {
  if (sent === undefined) return '';
  if (sent.type === 'PERMIT') return sent.id ?? 'without a name';
  if ('reason' in sent && sent.reason !== undefined) return `“${sent.reason}”`;
  const parts: string[] = [];
  if ('generation' in sent && sent.generation !== undefined) parts.push(`generation ${sent.generation}`);
  if ('permit' in sent && sent.permit !== undefined) parts.push(`permit ${sent.permit}`);
  return parts.join(', ');
}

/** `granted at generation 2, holds a slot`; `denied in OPEN, try again in at most 60 s`. */
export function answerText(answer: Answer): string {
  if (answer.type === 'PERMIT_GRANTED') {
    return `granted at generation ${answer.generation}${answer.permit === undefined ? '' : ', holds a slot'}`;
  }
  const { state, retryAfterMs } = answer;
  return Number.isFinite(retryAfterMs)
    ? `denied in ${state}, try again in at most ${delayText(retryAfterMs)}`
    : `denied in ${state}, which does not end by itself`;
}

const COUNTS = ['failures', 'successes', 'probes', 'openings', 'generation'] as const;

/** Which counts an entry changed: `failures 0→1`. */
export const countChanges = ({ before, after }: Entry): readonly string[] =>
  COUNTS.filter((name) => before[name] !== after[name]).map(
    (name) => `${name} ${before[name]}→${after[name]}`,
  );
