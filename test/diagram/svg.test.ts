import { describe, expect, test } from 'vitest';
import {
  allStates,
  chartCss,
  chartSvg,
  layOut,
  mermaidText,
  PALETTES,
  readChart,
  svgFile,
} from '../../src/diagram/index.ts';
import { samples } from './samples.ts';

const drawingOf = (machine: (typeof samples)[keyof typeof samples]) =>
  layOut(readChart(machine), { attempts: 1 });

const unescaped = (text: string) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

/** Values of an attribute, each once. */
const attributeValues = (svg: string, name: string) =>
  new Set(
    [...svg.matchAll(new RegExp(` ${name}="([^"]*)"`, 'g'))].map(([, value]) => unescaped(value ?? '')),
  );

describe.each(Object.entries(samples))('%s', (_, machine) => {
  test('every state is drawn, and nothing else', async () => {
    const drawing = await drawingOf(machine);
    const expected = [...allStates(drawing.chart)].map(({ id }) => id);
    expect(attributeValues(chartSvg(drawing), 'data-state')).toEqual(new Set(expected));
  });

  test('every declared transition is drawn: as an edge with a label, or as a row', async () => {
    const drawing = await drawingOf(machine);
    const transitions = [...allStates(drawing.chart)].flatMap((state) => state.transitions);
    const drawn = [...attributeValues(chartSvg(drawing), 'data-edge')].flatMap((ids) => ids.split(' '));
    expect(new Set(drawn)).toEqual(new Set(transitions.map(({ id }) => id)));
    const svg = unescaped(chartSvg(drawing));
    for (const { guard, actions } of transitions) {
      for (const word of `${guard ?? ''} ${actions.join(', ')}`.split(' ')) expect(svg).toContain(word);
    }
  });

  test('a page with the strictest policy can hold it, and a file needs nothing but itself', async () => {
    const drawing = await drawingOf(machine);
    expect(chartSvg(drawing)).not.toMatch(/\sstyle=|<style|<script|\son\w+=/);
    const file = svgFile(drawing, 'light');
    expect(file).not.toMatch(/<script|href|url\(|@import|<image|<foreignObject|\son\w+=/);
    expect([...file.matchAll(/https?:[^"' ]*/g)].map(([url]) => url)).toEqual(['http://www.w3.org/2000/svg']);
    expect(file).toContain(chartCss('light'));
  });

  test('the elements close in the order in which they open', async () => {
    const open: string[] = [];
    for (const [, slash, name, rest] of svgFile(await drawingOf(machine), 'dark').matchAll(
      /<(\/?)(\w+)([^>]*)>/g,
    )) {
      if (slash === '/') expect(open.pop()).toBe(name);
      else if (!rest?.endsWith('/')) open.push(name ?? '');
    }
    expect(open).toEqual([]);
  });

  test('the same machine gives the same bytes', async () => {
    const [first, second] = [await drawingOf(machine), await drawingOf(machine)];
    expect(svgFile(second, 'light')).toBe(svgFile(first, 'light'));
    expect(mermaidText(second.chart)).toBe(mermaidText(first.chart));
  });
});

test('a text is as wide as its box was made for, whatever font the reader has', async () => {
  const drawing = await drawingOf(samples.flatMachine);
  const lines = [
    ...drawing.states.flatMap(({ box }) => [box.title, ...box.rows.flatMap((row) => row.lines)]),
    ...drawing.edges.flatMap(({ label }) => label.items.flatMap((item) => item.lines)),
  ];
  const lengths = [...chartSvg(drawing).matchAll(/<text [^>]*textLength="([\d.]+)"/g)].map(([, px]) => px);
  expect(lengths).toEqual(lines.map(({ width }) => width.toFixed(1)));
});

test('names that are markup stay text', async () => {
  const svg = svgFile(await drawingOf(samples.oddMachine), 'light');
  expect(svg).toContain('&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;');
  expect(svg).toContain('[a &lt; b &amp;&amp; &quot;c&quot;]');
  expect(svg).toContain('data-state="odd &amp; &lt;b&gt;"');
});

test('delays, errors, ignores and transient states are told apart by classes', async () => {
  const svg = chartSvg(await layOut(readChart(samples.flatMachine, { delays: { patience: 90_000 } })));
  expect(svg).toContain(
    '<g class="edge delayed" data-edge="flat.waiting|xstate.after.patience.flat.waiting|0">',
  );
  expect(svg).toContain('<g class="edge error" data-edge="flat.working|xstate.error.actor.job|0">');
  expect(svg).toContain('<g class="edge faint" data-edge="flat.choosing|always|1">');
  expect(svg).toContain('<g class="row ignore" data-edge="flat.waiting|NOISE|0 flat.waiting|HUM|0">');
  expect(svg).toContain('class="state atomic odd transient" data-state="flat.choosing"');
  expect(svg).toContain('>after 90 s<');
  expect(svg).toContain('>ignores: NOISE, HUM<');
});

test.each(Object.entries(PALETTES))('%s: every text stands out from what it is written on', (_, p) => {
  const grounds = { box: p.box, pill: p.pill, frame: p.frame, region: p.region };
  for (const text of [p.text, p.soft, p.faint, p.guard]) {
    for (const ground of Object.values(grounds)) expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5);
  }
  expect(contrast(p.error, p.errorPill)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(p.delayed, p.pill)).toBeGreaterThanOrEqual(4.5);
  for (const line of [p.line, p.delayed, p.error]) {
    for (const ground of [p.frame, p.region]) expect(contrast(line, ground)).toBeGreaterThanOrEqual(3);
  }
});

/** Contrast ratio of WCAG 2. */
function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
