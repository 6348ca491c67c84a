import { svg } from './dom.ts';
import type { StateLook } from './state-look.ts';

/** Paths in a box of 16 x 16; a second one is cut out by `evenodd`. */
const SHAPES: { readonly [shape in StateLook['shape']]: string } = {
  disc: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z',
  octagon: 'M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1Z M4 7v2h8V7Z',
  half: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z M8 2.8v10.4A5.2 5.2 0 0 0 8 2.8Z',
  barred:
    'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z M3.6 5 11 12.4A5.2 5.2 0 0 1 3.6 5Z M5 3.6A5.2 5.2 0 0 1 12.4 11Z',
  dot: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3Z M8 5.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 0 0 0-5Z',
  check: 'M6.4 10.2 13 3.6l1.4 1.4-8 8L1.6 8.2 3 6.8Z',
  cross: 'M8 1 15.5 14.5H.5Z M7.2 6v4.4h1.6V6Z M7.2 11.4V13h1.6v-1.6Z',
  square: 'M2 2h12v12H2Z',
};

const GLYPHS = {
  ignored: 'M2 7h12v2H2Z',
  refused:
    'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z M4.2 5.4 5.4 4.2 8 6.8l2.6-2.6 1.2 1.2L9.2 8l2.6 2.6-1.2 1.2L8 9.2l-2.6 2.6-1.2-1.2L6.8 8Z',
  dead: 'M2 2h12v12H2Z M4.5 7v2h7V7Z',
  queued: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z M7.1 4v4.6l3.4 2 .9-1.5-2.6-1.5V4Z',
  error: 'M8 1 15.5 14.5H.5Z M7.2 6v4.4h1.6V6Z M7.2 11.4V13h1.6v-1.6Z',
  sun: 'M8 4.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7Z M7.2 0h1.6v2.6H7.2Z M7.2 13.4h1.6V16H7.2Z M0 7.2h2.6v1.6H0Z M13.4 7.2H16v1.6h-2.6Z',
  moon: 'M6 1.2A7 7 0 1 0 14.8 10 5.8 5.8 0 0 1 6 1.2Z',
  pause: 'M3.5 2.5h3v11h-3Z M9.5 2.5h3v11h-3Z',
  play: 'M4 2.2 13.5 8 4 13.8Z',
  save: 'M7.2 1h1.6v7.2l2.4-2.4 1.1 1.1L8 11.3 3.7 6.9l1.1-1.1 2.4 2.4Z M1.5 11h1.6v2.4h9.8V11h1.6v4h-13Z',
  copy: 'M5 1h9v10h-2.5V3.5H5Z M2 5h8v10H2Z',
  close: 'M3.2 4.3 4.3 3.2 8 6.9l3.7-3.7 1.1 1.1L9.1 8l3.7 3.7-1.1 1.1L8 9.1l-3.7 3.7-1.1-1.1L6.9 8Z',
  wide: 'M1.5 1.5h5v1.8H4.6L7 5.7 5.7 7 3.3 4.6v1.9H1.5Z M9.5 14.5h5v-5h-1.8v1.9L10.3 9 9 10.3l2.4 2.4H9.5Z',
} as const;

export type Glyph = keyof typeof GLYPHS;

const icon = (path: string, className: string): SVGSVGElement =>
  svg(
    'svg',
    { viewBox: '0 0 16 16', class: className, 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: path, 'fill-rule': 'evenodd' }),
  );

export const shapeIcon = ({ shape, tone }: StateLook): SVGSVGElement =>
  icon(SHAPES[shape], `shape tone-${tone}`);

export const glyph = (name: Glyph): SVGSVGElement => icon(GLYPHS[name], `glyph glyph-${name}`);
