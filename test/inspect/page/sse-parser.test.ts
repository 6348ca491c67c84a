import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type SseEvent, SseParser } from '../../../visualizations/inspector/sse-parser.ts';

function eventsOf(...chunks: readonly string[]): readonly SseEvent[] {
  const events: SseEvent[] = [];
  const parser = new SseParser((event) => events.push(event));
  for (const chunk of chunks) parser.push(chunk);
  return events;
}

describe('an event stream', () => {
  test('an event has a type, data and an id', () => {
    expect(eventsOf('id: ab.7\nevent: records\ndata: {"now":1}\n\n')).toEqual([
      { type: 'records', data: '{"now":1}', id: 'ab.7' },
    ]);
  });

  test('an event without a type is a message', () => {
    expect(eventsOf('data: x\n\n')).toEqual([{ type: 'message', data: 'x', id: '' }]);
  });

  test('lines of data are joined, one space after the colon is taken away', () => {
    expect(eventsOf('data:a\ndata:  b\ndata\n\n')[0]?.data).toBe('a\n b\n');
  });

  test('comments and unknown fields are skipped, an event without data is none', () => {
    expect(eventsOf(':\n\n: beat\n\nretry: 5\nevent: hello\n\ndata: 1\n\n')).toEqual([
      { type: 'message', data: '1', id: '' },
    ]);
  });

  test('an id stays until there is another one, and one with a NUL is none', () => {
    const ids = eventsOf('id: 1\ndata: a\n\ndata: b\n\nid: x\0\ndata: c\n\nid\ndata: d\n\n').map(
      ({ id }) => id,
    );
    expect(ids).toEqual(['1', '1', '1', '']);
  });

  test('an event that was not ended is not told', () => {
    expect(eventsOf('data: half')).toEqual([]);
    expect(eventsOf('data: half\n')).toEqual([]);
  });

  test('a byte order mark in front is no part of the first line', () => {
    expect(eventsOf('\uFEFFdata: x\n\n')).toHaveLength(1);
  });

  test.each(['\n', '\r\n', '\r'])('%j ends lines', (end) => {
    expect(eventsOf(['id: 1', 'data: x', '', ''].join(end))).toEqual([
      { type: 'message', data: 'x', id: '1' },
    ]);
  });

  test('it is the same wherever the network cuts it', () => {
    const line = fc.constantFrom(
      'data: x',
      'data:',
      'data: y: z',
      'event: hello',
      'id: a.1',
      ': beat',
      '',
      '',
      'id',
    );
    const stream = fc
      .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')))
      .map((lines) => lines.map(([text, end]) => text + end).join(''));
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 8 }), (text, places) => {
        const cuts = places.map((place) => place % (text.length + 1)).toSorted((a, b) => a - b);
        const chunks = [0, ...cuts].map((from, i) => text.slice(from, cuts[i] ?? text.length));
        expect(eventsOf(...chunks)).toEqual(eventsOf(text));
      }),
    );
  });
});
