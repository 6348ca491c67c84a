import type { Shown, ShownValue } from '../../src/inspect/protocol.ts';

const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0');
const COUNT = new Intl.NumberFormat('en-US');

/** `1,234` */
export const countText = (count: number): string => COUNT.format(count);

/** `1 failure`, `3 failures` */
export const plural = (count: number, noun: string): string =>
  `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;

/** Clock time of the reader: `23:05:06`, with milliseconds `23:05:06.201`. */
export function clockText(at: number, withMs = false): string {
  const date = new Date(at);
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  return withMs ? `${time}.${pad(date.getMilliseconds(), 3)}` : time;
}

/** Clock time, with the day in front when that is not the day of `now`. */
export function instantText(at: number, now: number): string {
  const date = new Date(at);
  if (date.toDateString() === new Date(now).toDateString()) return clockText(at);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${clockText(at)}`;
}

/** How long something lasted, to read: `850 ms`, `42 s`, `3 min 12 s`, `2 h 5 min`, `4 d 3 h`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** What a delay was set to: `60 s`, `1.5 s`, `250 ms`. */
export function delayText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000 || ms % 60_000 !== 0
    ? `${Number((ms / 1_000).toFixed(1))} s`
    : `${Number((ms / 60_000).toFixed(1))} min`;
}

/** What is left, as clocks count it down: `0:42`, `12:07`, `1:02:03`. The last second is `0:01`, never early `0:00`. */
export function countdownText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

/** A name from code in words: `reachesFailureThreshold` is `reaches failure threshold`; constants stay as they are. */
export function wordsOf(name: string): string {
  if (/^[A-Z0-9_]+$/.test(name) || /\s/.test(name)) return name;
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/\b[A-Z](?=[a-z])/g, (c) => c.toLowerCase());
}

/** `ticking › holding › work: processing, lease: kept` */
export function stateText(value: ShownValue): string {
  if (typeof value === 'string') return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) return withRest(only[0], ' › ', only[1]);
  return entries.map(([key, child]) => withRest(key, ': ', child)).join(', ');
}

function withRest(key: string, separator: string, child: ShownValue): string {
  const rest = stateText(child);
  if (rest === '') return key;
  const isNestedParallel = separator === ': ' && rest.includes(', ');
  return `${key}${separator}${isNestedParallel ? `(${rest})` : rest}`;
}

/** Every active leaf as the keys on the way to it. */
export function leavesOf(value: ShownValue): readonly (readonly string[])[] {
  if (typeof value === 'string') return [[value]];
  return Object.entries(value).flatMap(([key, child]) => {
    const leaves = leavesOf(child);
    return leaves.length === 0 ? [[key]] : leaves.map((leaf) => [key, ...leaf]);
  });
}

/** Where a change led, as short as can be: the leaves that were not active before, by their last two keys. */
export function newStateText(from: ShownValue, to: ShownValue): string {
  const before = new Set(leavesOf(from).map((leaf) => leaf.join('.')));
  const leaves = leavesOf(to);
  const fresh = leaves.filter((leaf) => !before.has(leaf.join('.')));
  return (fresh.length > 0 ? fresh : leaves).map((leaf) => leaf.slice(-2).join(' › ')).join(', ');
}

/** An event's type as the drawing words it: `after 60 s`, `done (acquireLease)`. */
export function eventText(type: string): string {
  const [, kind, name = ''] = /^xstate\.(after|done\.actor|error\.actor|done\.state)\.(.*)$/.exec(type) ?? [];
  switch (kind) {
    case 'after': {
      const delay = name.split('.')[0] ?? '';
      return /^\d+$/.test(delay) ? `after ${delayText(Number(delay))}` : `after ${delay}`;
    }
    case 'done.actor':
      return `done (${name})`;
    case 'error.actor':
      return `error (${name})`;
    case 'done.state':
      return `done (${name.split('.').at(-1) ?? ''})`;
    default:
      return type === 'xstate.init' ? 'start' : type;
  }
}

/** A value of a context or a payload on one line. */
export function shownText(value: Shown, longest = 120): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** `0x3f5c…9a01`: enough of a hash to tell it from its neighbours. */
export const shortHash = (hash: string): string =>
  hash.length > 14 ? `${hash.slice(0, 6)}…${hash.slice(-4)}` : hash;

/** `INV-7` of `payment:INV-7`, for places where the kind is plain from the line. */
export const shortName = (name: string): string => name.slice(name.lastIndexOf(':') + 1) || name;
