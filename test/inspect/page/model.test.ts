import { beforeEach, describe, expect, test } from 'vitest';
import type { ActorView } from '../../../visualizations/inspector/actor-view.ts';
import { Model } from '../../../visualizations/inspector/model.ts';
import { RecordLog } from '../../../visualizations/inspector/record-log.ts';
import { atOf, batch, change, ended, event, hello, picture, started } from './records.ts';

let model: Model;

beforeEach(() => {
  model = new Model();
});

function actor(id: string): ActorView {
  const found = model.actors.get(id);
  if (found === undefined) throw new Error(`no actor ${id}`);
  return found;
}

const seqs = () => model.log.records.map(({ seq }) => seq);

describe('what the feed tells', () => {
  test('a change of state moves the picture and is remembered with its cause', () => {
    model.hello(hello([picture('b', 'breaker'), picture('x', 'executor')]), 0);
    model.batch(
      batch(
        event(1, 'b', 'FAILURE', {
          from: 'x',
          steps: [{ edges: ['CLOSED|FAILURE|1'], guards: ['reachesFailureThreshold'], actions: [] }],
          change: change('CLOSED', 'OPEN', { accepts: ['RESET'], reason: 'failureThreshold' }),
          timers: [
            {
              event: 'xstate.after.openTimeout.OPEN',
              edges: [],
              target: 'HALF_OPEN',
              delayMs: 60_000,
              leftMs: 60_000,
            },
          ],
        }),
      ),
      0,
    );
    expect(actor('b').machine).toMatchObject({
      value: 'OPEN',
      active: ['OPEN'],
      accepts: ['RESET'],
      taken: { seq: 1, edges: ['CLOSED|FAILURE|1'] },
      timers: [{ target: 'HALF_OPEN', endsAt: atOf(1) + 60_000 }],
      changes: [
        {
          seq: 1,
          from: 'CLOSED',
          to: 'OPEN',
          by: 'executor',
          guards: ['reachesFailureThreshold'],
          reason: 'failureThreshold',
        },
      ],
    });
  });

  test('what came to nothing is counted until the state changes', () => {
    model.hello(hello([picture('b', 'breaker')]), 0);
    model.batch(
      batch(
        event(1, 'b', 'FAILURE', { verdict: 'refused', reason: 'stale generation' }),
        event(2, 'b', 'X', { verdict: 'ignored', isInternal: true }),
        { kind: 'rejected', seq: 3, at: atOf(3), actor: 'b', count: 4, state: 'OPEN', retryAfterMs: null },
      ),
      0,
    );
    expect(actor('b').machine?.refused).toMatchObject({ count: 5, last: { seq: 3, what: '4 calls' } });
    model.batch(batch(event(4, 'b', 'RESET', { change: change('OPEN', 'CLOSED') })), 0);
    expect(actor('b').machine?.refused).toEqual({ count: 0 });
  });

  test('a changed field leaves the context of before to compare with', () => {
    model.hello(hello([picture('b', 'breaker', { context: { failures: 1, name: 'x' } })]), 0);
    model.batch(batch(event(1, 'b', 'FAILURE', { context: { failures: 2 } })), 0);
    expect(actor('b').machine?.context).toEqual({ failures: 2, name: 'x' });
    expect(actor('b').machine?.contextBefore).toEqual({ seq: 1, fields: { failures: 1, name: 'x' } });
  });

  test('records that the pictures know are for the log only', () => {
    model.hello(hello([picture('b', 'breaker', { value: 'OPEN' })], { upTo: 2 }), 0);
    model.batch(
      batch(event(1, 'b', 'A', { change: change('X', 'CLOSED') }), event(2, 'b', 'B'), event(3, 'b', 'C')),
      0,
    );
    expect(actor('b').machine?.value).toBe('OPEN');
    expect(seqs()).toEqual([1, 2, 3]);
    expect(model.upTo).toBe(3);
  });

  test('names of actors that are over before the page came are told by the history', () => {
    model.hello(hello([], { upTo: 5 }), 0);
    model.batch(batch(started(4, picture('p', 'payment:7')), ended(5, 'p')), 0);
    expect(model.nameOf('p')).toBe('payment:7');
    expect(model.actors.has('p')).toBe(false);
    expect(model.nameOf('nobody')).toBe('nobody');
  });

  test('an actor that ended stays to be looked at, without timers', () => {
    model.hello(hello([]), 0);
    const timers = [{ event: 'x', edges: [], delayMs: 5, leftMs: 5 }];
    model.batch(batch(started(1, picture('p', 'payment:7', { timers })), ended(2, 'p')), 0);
    expect(actor('p')).toMatchObject({
      status: 'stopped',
      startedAt: atOf(1),
      endedAt: atOf(2),
      machine: { timers: [] },
    });
  });

  test('of many ended actors only the latest stay', () => {
    model.hello(hello([picture('b', 'breaker')]), 0);
    for (let i = 0; i < 300; i += 1) {
      model.batch(batch(started(2 * i + 1, picture(`p${i}`, `payment:${i}`)), ended(2 * i + 2, `p${i}`)), 0);
    }
    expect(model.actors.size).toBeLessThanOrEqual(202);
    expect(model.actors.has('b')).toBe(true);
    expect(model.actors.has('p299')).toBe(true);
    expect(model.nameOf('p0')).toBe('payment:0');
  });

  test('a new name is taken over', () => {
    model.hello(hello([picture('b', 'a1')]), 0);
    model.batch(batch({ kind: 'renamed', seq: 1, at: 1, actor: 'b', name: 'breaker' }), 0);
    expect(actor('b').name).toBe('breaker');
    expect(model.nameOf('b')).toBe('breaker');
  });
});

describe('a connection that comes back', () => {
  test('what was told twice is kept once, and the pictures are as of now', () => {
    model.hello(hello([picture('b', 'breaker')]), 0);
    model.batch(batch(event(1, 'b', 'A'), event(2, 'b', 'B')), 0);
    model.hello(hello([picture('b', 'breaker', { value: 'OPEN' })], { upTo: 4 }), 0);
    model.batch(batch(event(2, 'b', 'B'), event(3, 'b', 'C'), event(4, 'b', 'D')), 0);
    expect(seqs()).toEqual([1, 2, 3, 4]);
    expect(actor('b').machine?.value).toBe('OPEN');
    expect(model.restarts).toBe(0);
  });

  test('what is gone meanwhile is told', () => {
    model.hello(hello([], { dropped: 10 }), 0);
    model.hello(hello([], { dropped: 1_224, upTo: 2_000 }), 0);
    expect(model.gone).toEqual({ byServer: 1_234, byPage: 0 });
  });

  test('an actor that the server does not know any more has stopped', () => {
    model.hello(hello([picture('p', 'payment:7')]), 0);
    model.hello(hello([]), 0);
    expect(actor('p').status).toBe('stopped');
  });

  test('of an actor whose picture the server let go of the last one stays', () => {
    model.hello(hello([picture('p', 'payment:7')]), 0);
    model.batch(batch(ended(1, 'p')), 0);
    model.hello(hello([{ id: 'p', name: 'payment:7', system: 1, status: 'stopped' }], { upTo: 1 }), 0);
    expect(actor('p').machine?.value).toBe('CLOSED');
  });

  test('a server that was started anew begins a new log', () => {
    model.hello(hello([picture('b', 'breaker')], { dropped: 3 }), 0);
    model.batch(batch(event(500, 'b', 'A')), 0);
    model.hello(hello([picture('b', 'breaker', { value: 'OPEN' })], { instance: 'two' }), 0);
    model.batch(batch(event(1, 'b', 'B')), 0);
    expect(seqs()).toEqual([1]);
    expect(model.restarts).toBe(1);
    expect(model.gone).toEqual({ byServer: 0, byPage: 0 });
    expect(actor('b').machine?.value).toBe('OPEN');
  });
});

test('the clock of the server is read with the smallest delay on the way', () => {
  model.hello(hello([], { now: 10_000 }), 2_500);
  expect(model.serverTime(2_500)).toBe(10_000);
  model.batch({ now: 10_900, records: [] }, 3_000);
  expect(model.serverTime(3_000)).toBe(10_900);
  model.batch({ now: 11_000, records: [] }, 9_000);
  expect(model.serverTime(3_000)).toBe(10_900);
});

describe('the kept records', () => {
  test('the oldest go together when there are too many', () => {
    const log = new RecordLog(100);
    const removed = Array.from({ length: 101 }, (_, i) => log.push([event(i + 1, 'b', 'A')])).flat();
    expect(removed.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(log.removed).toBe(11);
    expect(log.records[0]?.seq).toBe(12);
  });

  test('a record is found by its number, also among gaps', () => {
    const log = new RecordLog(10);
    log.push([event(2, 'b', 'A'), event(5, 'b', 'B')]);
    expect(log.find(5)).toMatchObject({ event: { type: 'B' } });
    expect(log.find(3)).toBeUndefined();
    expect(log.indexOf(3)).toBe(1);
    expect(log.indexOf(9)).toBe(2);
  });
});
