import { describe, expect, test } from 'vitest';
import { type Filter, NO_FILTER, recordTest } from '../../../visualizations/inspector/filter.ts';
import { FilteredLog } from '../../../visualizations/inspector/filtered-log.ts';
import { RecordLog } from '../../../visualizations/inspector/record-log.ts';
import { change, ended, event, picture, started } from './records.ts';

const NAMES: Record<string, string> = { b: 'breaker', x: 'executor', p: 'payment:INV-7' };
const nameOf = (id: string): string => NAMES[id] ?? id;

const passes = (filter: Partial<Filter>, record: Parameters<ReturnType<typeof recordTest>>[0]): boolean =>
  recordTest({ ...NO_FILTER, ...filter }, nameOf)(record);

const failure = event(1, 'b', 'FAILURE', {
  from: 'x',
  event: { type: 'FAILURE', generation: 3, permit: 'probe-9', more: [{ id: 'INV-7' }] },
  verdict: 'refused',
  reason: 'stale generation',
});

describe('the filter', () => {
  test.each(['failure', 'EXECUTOR', 'breaker', 'stale', 'inv-7', 'probe-9', 'stale executor'])(
    '%j is found',
    (text) => {
      expect(passes({ text }, failure)).toBe(true);
    },
  );

  test.each(['success', 'stale nobody', 'generation:3'])('%j is not', (text) => {
    expect(passes({ text }, failure)).toBe(false);
  });

  test('a state that was left or entered is found', () => {
    expect(passes({ text: 'half_open' }, event(2, 'b', 'X', { change: change('OPEN', 'HALF_OPEN') }))).toBe(
      true,
    );
  });

  test('an actor is one that sent or got it', () => {
    expect(passes({ actor: 'executor' }, failure)).toBe(true);
    expect(passes({ actor: 'breaker' }, failure)).toBe(true);
    expect(passes({ actor: 'payment:INV-7' }, failure)).toBe(false);
    expect(passes({ actor: 'payment:INV-7' }, ended(3, 'p'))).toBe(true);
  });

  test('what came to nothing', () => {
    const kind = 'refused';
    expect(passes({ kind }, failure)).toBe(true);
    expect(passes({ kind }, event(2, 'b', 'X', { verdict: 'ignored' }))).toBe(true);
    expect(passes({ kind }, event(2, 'b', 'X', { verdict: 'dead' }))).toBe(true);
    expect(passes({ kind }, event(2, 'b', 'X'))).toBe(false);
    expect(passes({ kind }, event(2, 'b', 'X', { verdict: 'queued' }))).toBe(false);
    expect(
      passes(
        { kind },
        { kind: 'rejected', seq: 1, at: 1, actor: 'b', count: 2, state: 'OPEN', retryAfterMs: 5 },
      ),
    ).toBe(true);
  });

  test('changes of state, also those by internal events', () => {
    const kind = 'changes';
    const done = event(2, 'x', 'xstate.done.actor.readEpoch', { isInternal: true, change: change('a', 'b') });
    expect(passes({ kind }, done)).toBe(true);
    expect(passes({}, done)).toBe(false);
    expect(passes({ showsInternal: true }, done)).toBe(true);
    expect(passes({ kind }, failure)).toBe(false);
    expect(passes({ kind }, started(3, picture('b', 'breaker')))).toBe(false);
  });
});

describe('the filtered log', () => {
  test('it grows with the log and loses its beginning with it', () => {
    const log = new RecordLog(10);
    const lines = new FilteredLog(log, nameOf);
    lines.filter = { ...NO_FILTER, text: 'even' };
    const add = (seq: number) => log.push([event(seq, 'b', seq % 2 === 0 ? 'EVEN' : 'ODD')]);
    for (let seq = 1; seq <= 6; seq += 1) add(seq);
    expect(lines.read().map(({ seq }) => seq)).toEqual([2, 4, 6]);
    const { generation } = lines;
    for (let seq = 7; seq <= 12; seq += 1) add(seq);
    expect(lines.read().map(({ seq }) => seq)).toEqual([4, 6, 8, 10, 12]);
    expect(lines).toMatchObject({ removed: 1, generation });
  });

  test('another filter makes another list', () => {
    const log = new RecordLog(10);
    const lines = new FilteredLog(log, nameOf);
    log.push([event(1, 'b', 'A'), event(2, 'b', 'B')]);
    expect(lines.read()).toHaveLength(2);
    const { generation } = lines;
    lines.filter = { ...NO_FILTER, text: 'b' };
    expect(lines.generation).toBe(generation + 1);
    lines.filter = { ...NO_FILTER, text: 'b' };
    expect(lines.generation).toBe(generation + 1);
  });

  test('a log that began anew is read from its beginning', () => {
    const log = new RecordLog(10);
    const lines = new FilteredLog(log, nameOf);
    log.push([event(50, 'b', 'A')]);
    lines.read();
    log.clear();
    log.push([event(1, 'b', 'B')]);
    expect(lines.read().map(({ seq }) => seq)).toEqual([1]);
  });
});
