import { svg } from './dom.ts';
import { clockText } from './format.ts';
import type { SequenceMessage } from './sequence-layout.ts';

/** Height of a message, and where the first lane may begin. Pixels. */
export const STEP = 30;
export const TOP = 10;
export const LEFT = 68;
/** Width of a character of a label, roughly. */
const CHARACTER = 6.2;
export const NARROWEST_LANE = 78;

export const messageId = (seq: number | undefined): string => `message-${seq ?? 'none'}`;

/** One message: its arrow, its words, and the row that takes the clicks. */
export function messageGroup(
  message: SequenceMessage,
  lanes: readonly string[],
  y: number,
  xOf: (lane: number) => number,
  width: number,
): SVGGElement {
  const { seq, at, from, to, label, kind, change } = message;
  const [x1, x2] = [xOf(from), xOf(to)];
  const isSelf = from === to;
  const text = change === undefined ? label : `${label} → ${change}`;
  const end = kind === 'refused' ? ', came to nothing' : '';
  const name = `${clockText(at)} ${text}, ${lanes[from]} to ${lanes[to]}${end}`;
  return svg(
    'g',
    {
      class: `message message-${kind}`,
      id: messageId(seq),
      role: 'option',
      'aria-selected': 'false',
      'aria-label': name,
      'data-seq': seq,
      'data-at': at,
    },
    svg('rect', { class: 'hit', x: 0, y: y - STEP * 0.6, width, height: STEP }),
    svg('text', { class: 'message-time', x: 8, y: y + 4 }, `${clockText(at)} `),
    ...(isSelf ? selfArrow(x1, y, message, width) : arrow(x1, x2, y, message, width)),
  );
}

function arrow(
  x1: number,
  x2: number,
  y: number,
  message: SequenceMessage,
  width: number,
): readonly SVGElement[] {
  const { kind } = message;
  const way = Math.sign(x2 - x1);
  const end = kind === 'refused' ? x2 - way * 14 : x2;
  const half = (labelLength(message) * CHARACTER) / 2;
  const x = Math.min(width - half - 4, Math.max(LEFT + half, (x1 + x2) / 2));
  return [
    svg('path', { class: 'message-line', d: `M${x1} ${y}H${end - way * 6}` }),
    kind === 'refused'
      ? svg('path', { class: 'message-cross', d: `M${end - 4} ${y - 4}l8 8m0 -8l-8 8` })
      : svg('path', { class: 'message-head', d: `M${end} ${y}l${-way * 7} -4v8Z` }),
    labelText(message, { x, y: y - 5, 'text-anchor': 'middle' }),
  ];
}

const labelLength = ({ label, change }: SequenceMessage): number =>
  label.length + (change === undefined ? 0 : change.length + 3);

const labelText = (
  { label, change }: SequenceMessage,
  place: { readonly x: number; readonly y: number; readonly 'text-anchor'?: string },
): SVGTextElement =>
  svg(
    'text',
    { class: 'message-label', ...place },
    label,
    ...(change === undefined ? [] : [' → ', svg('tspan', { class: 'message-change' }, change)]),
  );

function selfArrow(x: number, y: number, message: SequenceMessage, width: number): readonly SVGElement[] {
  // Where there is no room on the right it turns to the left.
  const isLeft = x + 24 + labelLength(message) * CHARACTER > width;
  const way = isLeft ? -1 : 1;
  const anchor = isLeft ? 'end' : 'start';
  if (message.kind === 'life') {
    return [
      svg('circle', { class: 'message-dot', cx: x, cy: y, r: 4 }),
      labelText(message, { x: x + way * 10, y: y + 4, 'text-anchor': anchor }),
    ];
  }
  return [
    svg('path', { class: 'message-line', d: `M${x} ${y - 6}h${way * 14}v10h${way * -8}` }),
    message.kind === 'refused'
      ? svg('path', { class: 'message-cross', d: `M${x + way * 6 - 4} ${y}l8 8m0 -8l-8 8` })
      : svg('path', { class: 'message-head', d: `M${x} ${y + 4}l${way * 7} -4v8Z` }),
    labelText(message, { x: x + way * 20, y: y + 3, 'text-anchor': anchor }),
  ];
}
