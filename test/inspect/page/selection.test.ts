import { beforeEach, describe, expect, test } from 'vitest';
import { Model } from '../../../visualizations/inspector/model.ts';
import { PauseGate } from '../../../visualizations/inspector/pause-gate.ts';
import { DISBURSEMENTS, Selection } from '../../../visualizations/inspector/selection.ts';
import { situationOf } from '../../../visualizations/inspector/situation.ts';
import * as summary from '../../../visualizations/inspector/summary-text.ts';
import { hasMachine, type MachineActor } from '../../../visualizations/inspector/tabs.ts';
import { batch, ended, event, hello, picture, started } from './records.ts';

let model: Model;
let selection: Selection;
let seq: number;

beforeEach(() => {
  model = new Model();
  selection = new Selection();
  seq = 0;
  model.hello(hello([picture('b1', 'breaker'), picture('x', 'executor', { title: 'Executor' })]), 0);
  selection.update(model.actors.values(), 0);
});

const pay = (id: string, now: number) => {
  seq += 1;
  model.batch(batch(started(seq, picture(id, `payment:${id}`, { title: 'Payment' }))), 0);
  selection.update(model.actors.values(), now);
};
const end = (id: string, now: number) => {
  seq += 1;
  model.batch(batch(ended(seq, id)), 0);
  selection.update(model.actors.values(), now);
};
const titles = () => selection.tabs.map(({ title }) => title);

describe('tabs', () => {
  test('there is one for each title, the first is open', () => {
    expect(titles()).toEqual(['Breaker', 'Executor']);
    expect(selection.key).toBe('Breaker');
    expect(selection.actor?.name).toBe('breaker');
  });

  test('the breaker’s is the one that is open where there is one, wherever it stands', () => {
    const later = new Selection();
    const shop = picture('s', 'shop', { id: 'shop', title: 'Shop' });
    model.hello(hello([shop, picture('b1', 'breaker')], { instance: 'two' }), 0);
    later.update(model.actors.values(), 0);
    expect(later.tabs.map(({ title }) => title)).toEqual(['Shop', 'Breaker']);
    expect(later.key).toBe('Breaker');
  });

  test('an actor that is replaced by one of its name keeps its tab', () => {
    end('b1', 0);
    expect(selection.actor).toMatchObject({ id: 'b1', status: 'stopped' });
    seq += 1;
    model.batch(batch(started(seq, picture('b2', 'breaker'))), 0);
    selection.update(model.actors.values(), 0);
    expect(titles()).toEqual(['Breaker', 'Executor']);
    expect(selection.actor?.id).toBe('b2');
    expect(selection.tabs[0]?.actors).toHaveLength(1);
  });

  test('a tab stays with nobody in it', () => {
    model.hello(hello([picture('x', 'executor', { title: 'Executor' })], { instance: 'two' }), 0);
    selection.update(model.actors.values(), 0);
    expect(titles()).toEqual(['Breaker', 'Executor']);
    expect(selection.actor).toBeUndefined();
  });

  test('live ones stand before those that ended, later ones before earlier', () => {
    for (const id of ['1', '2', '3']) pay(id, 0);
    end('3', 0);
    expect(selection.tabs[2]?.actors.map(({ id }) => id)).toEqual(['2', '1', '3']);
  });

  test('the disbursements leave the last machine selected', () => {
    selection.open('Executor');
    selection.open(DISBURSEMENTS);
    expect(selection.key).toBe(DISBURSEMENTS);
    expect(selection.actor?.name).toBe('executor');
  });

  test('a tab that there is not yields to the first', () => {
    selection.open('Pony');
    selection.update(model.actors.values(), 0);
    expect(selection.key).toBe('Breaker');
  });
});

describe('following', () => {
  beforeEach(() => selection.open('Payment'));

  test('the latest of many is followed, but none is left within a second', () => {
    pay('1', 0);
    pay('2', 500);
    expect(selection.actor?.id).toBe('1');
    pay('3', 1_000);
    expect(selection.actor?.id).toBe('3');
  });

  test('one that ended stays until another begins', () => {
    pay('1', 0);
    pay('2', 2_000);
    end('1', 9_000);
    end('2', 9_000);
    expect(selection.actor?.id).toBe('2');
    pay('3', 9_100);
    expect(selection.actor?.id).toBe('3');
  });

  test('a live one is of more interest than one that ended', () => {
    pay('1', 0);
    pay('2', 2_000);
    end('2', 9_000);
    expect(selection.actor?.id).toBe('1');
  });

  test('one that was picked stays, whatever comes', () => {
    pay('1', 0);
    pay('2', 0);
    selection.pick('payment:1');
    pay('3', 9_000);
    expect(selection.actor?.id).toBe('1');
    selection.follow('Payment', true);
    expect(selection.actor?.id).toBe('3');
    selection.follow('Payment', false);
    pay('4', 20_000);
    expect(selection.actor?.id).toBe('3');
  });

  test('one that a link names is picked as soon as it is there', () => {
    selection.pick('payment:2');
    pay('1', 0);
    pay('2', 0);
    pay('3', 5_000);
    expect(selection.key).toBe('Payment');
    expect(selection.actor?.id).toBe('2');
  });
});

describe('a pause', () => {
  const told = (count: number) => ({
    batch: batch(...Array.from({ length: count }, (_, i) => event(i, 'b', 'A'))),
  });

  test('holds back and counts what comes, and gives it when it ends', () => {
    const gate = new PauseGate(100);
    expect(gate.takes(told(1))).toBe(false);
    gate.pause(5);
    expect(gate.takes(told(2))).toBe(true);
    expect(gate.takes({ hello: hello([]) })).toBe(true);
    expect(gate).toMatchObject({ count: 2, pausedAt: 5 });
    expect(gate.resume()).toMatchObject({ held: { length: 2 }, isTooMuch: false });
    expect(gate.takes(told(1))).toBe(false);
    expect(gate).toMatchObject({ count: 0, pausedAt: undefined });
  });

  test('keeps nothing when it is too much', () => {
    const gate = new PauseGate(3);
    gate.pause(0);
    gate.takes(told(2));
    gate.takes(told(2));
    gate.takes(told(1));
    expect(gate.count).toBe(5);
    expect(gate.resume()).toEqual({ held: [], isTooMuch: true });
  });
});

describe('the summary in words', () => {
  const change = {
    seq: 1,
    at: 1,
    from: 'CLOSED',
    to: 'OPEN',
    event: 'FAILURE',
    by: 'executor',
    guards: ['reachesFailureThreshold'],
  };

  test('a cause names event, sender and guards; a reason only where it says more', () => {
    expect(summary.causeOf({ ...change, reason: 'failureThreshold' }, 'breaker')).toEqual({
      event: 'FAILURE',
      sender: 'from executor',
      guards: 'reaches failure threshold',
      reason: '',
    });
    const { by: _, ...outside } = { ...change, event: 'ISOLATE', guards: [], reason: 'drill' };
    expect(summary.causeOf(outside, 'breaker')).toMatchObject({ sender: 'from outside', reason: 'drill' });
    expect(summary.causeOf({ ...outside, reason: 'isolated' }, 'breaker').reason).toBe('');
    const timeout = { ...outside, event: 'xstate.after.openTimeout.OPEN', reason: 'openTimeout' };
    expect(summary.causeOf(timeout, 'breaker').reason).toBe('');
  });

  test('timers and results of an actor’s own are by itself', () => {
    expect(summary.causeOf({ ...change, by: 'breaker' }, 'breaker').sender).toBe('by itself');
    expect(summary.causeOf({ ...change, event: 'xstate.done.actor.sign', by: 'sign' }, 'p').sender).toBe('');
  });

  test('timers of one kind are one line, the soonest of them', () => {
    const timer = (endsAt: number, more = {}) => ({
      event: 'FAILURE_AGED',
      edges: [],
      delayMs: 300_000,
      leftMs: 1,
      endsAt,
      ...more,
    });
    const target = { event: 'xstate.after.openTimeout.OPEN', target: 'HALF_OPEN', delayMs: 60_000 };
    expect(summary.nextTimers([timer(5, target), timer(6), timer(7)])).toEqual([
      { text: 'HALF_OPEN', detail: 'after openTimeout, 1 min', endsAt: 5, delayMs: 60_000, count: 1 },
      { text: 'FAILURE_AGED', detail: '5 min after it was started', endsAt: 6, delayMs: 300_000, count: 2 },
    ]);
  });

  test('without timers it waits for the events that lead somewhere', () => {
    const breaker = picture('b', 'breaker', { accepts: ['PERMIT', 'RESET', 'xstate.after.5.x'] });
    const [actor] = [{ ...breaker, order: 1 }].filter((one): one is MachineActor => hasMachine(one as never));
    if (actor === undefined) throw new Error('no actor');
    expect(summary.waitingText(actor, new Set(['RESET']))).toBe('waits for RESET');
    expect(summary.waitingText(actor, new Set())).toBe('waits for PERMIT or RESET');
    expect(summary.waitingText({ ...actor, status: 'done' }, new Set())).toBe('nothing: it is over');
    const deaf = { ...actor, machine: { ...actor.machine, accepts: [] } };
    expect(summary.waitingText(deaf, new Set())).toContain('hears no event');
    const many = { ...actor, machine: { ...actor.machine, accepts: ['A', 'B', 'C', 'D', 'E', 'F'] } };
    expect(summary.waitingText(many, new Set())).toBe('waits for A, B, C, D or 2 more');
  });

  test('a situation holds what is shown and no guesses', () => {
    const context = { failures: 5, policy: { failureThreshold: 5 }, probesInFlight: 'cut' };
    model.hello(
      hello([
        picture('b', 'breaker', {
          value: 'OPEN',
          context,
          timers: [{ event: 'x', edges: [], delayMs: 9, leftMs: 700 }],
        }),
        picture('x', 'executor', { id: 'treasuryExecutor', context: { submissionsOut: 3 } }),
      ]),
      0,
    );
    const breaker = model.actors.get('b') as MachineActor;
    expect(situationOf(breaker, model.actors.values(), 1_000)).toEqual({
      state: 'OPEN',
      failures: 5,
      failureThreshold: 5,
      submissionsOut: 3,
      nextChanceMs: 700,
    });
  });
});
