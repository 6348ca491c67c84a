import { describe, expect, onTestFinished, test } from 'vitest';
import { fromPromise, SimulatedClock, waitFor } from 'xstate';
import { orderMachine } from '../../examples/inspector/order.ts';
import { openShop, type ShopOptions } from '../../examples/inspector/shop.ts';
import { lookAt } from './look.ts';

const CARD = { holder: 'Grace Sentinel', number: '4999 1234 SENTINEL' };
const items = [
  { sku: 'beans', quantity: 1 },
  { sku: 'cups', quantity: 2 },
];

/** A shop whose time passes when the test says so. */
const open = (options: ShopOptions = {}) => {
  const clock = new SimulatedClock();
  const shop = openShop({ clock, ...options });
  onTestFinished(() => shop.close());
  return {
    ...shop,
    /** In steps, since SimulatedClock jumps first and fires then. */
    pass: (ms: number) => {
      for (let passed = 0; passed < ms; passed += 100) clock.increment(100);
    },
    look: () => lookAt(shop.inspector),
  };
};

describe('the espresso machine', () => {
  const heated = () => {
    const shop = open();
    shop.espresso.send({ type: 'POWER' });
    shop.pass(3_500);
    return shop;
  };
  const brew = (shop: ReturnType<typeof open>, drink: 'espresso' | 'lungo' = 'espresso') =>
    shop.espresso.send({ type: 'BREW', drink, guest: 'Grace Sentinel' });

  test('heats up in steps, brews in steps, and shows each by its nested state', () => {
    const shop = heated();
    expect(shop.look().actor('espresso').machine).toMatchObject({
      title: 'Espresso',
      value: { on: 'ready' },
      context: { temperature: 92, water: 4 },
      accepts: ['POWER', 'REFILL', 'BREW'],
      hiddenFields: 1,
    });
    brew(shop);
    expect(shop.look().actor('espresso').machine).toMatchObject({
      value: { on: { brewing: 'grinding' } },
      active: [
        'espressoMachine',
        'espressoMachine.on',
        'espressoMachine.on.brewing',
        'espressoMachine.on.brewing.grinding',
      ],
      timers: [{ delayMs: 1_200, target: 'soaking' }],
    });
    shop.pass(1_200 + 900 + 2_500);
    expect(shop.look().actor('espresso').machine).toMatchObject({
      value: { on: 'ready' },
      context: { drinks: 1, water: 3 },
    });
  });

  test('a lungo takes twice as long', () => {
    const shop = heated();
    brew(shop, 'lungo');
    shop.pass(1_200 + 900 + 2_500);
    expect(shop.espresso.getSnapshot().value).toEqual({ on: { brewing: 'pouring' } });
    shop.pass(2_500);
    expect(shop.espresso.getSnapshot().value).toEqual({ on: 'ready' });
  });

  test('turns down what it cannot do, and the inspector says why', () => {
    const shop = open();
    brew(shop);
    shop.espresso.send({ type: 'POWER' });
    shop.pass(3_500);
    for (let drink = 1; drink <= 4; drink += 1) {
      brew(shop);
      shop.pass(4_600);
    }
    brew(shop);
    expect(shop.look().events('espresso', 'ignored')).toEqual(['BREW: off does not know it']);
    expect(shop.look().events('espresso', 'refused')).toEqual(['BREW: the tank is empty']);
    shop.espresso.send({ type: 'REFILL' });
    brew(shop);
    shop.espresso.send({ type: 'STOP' });
    expect(shop.espresso.getSnapshot().value).toEqual({ on: 'ready' });
  });

  test('falls asleep, and has to heat up again', () => {
    const shop = heated();
    shop.pass(12_000);
    expect(shop.espresso.getSnapshot().value).toEqual({ on: 'asleep' });
    brew(shop);
    expect(shop.espresso.getSnapshot().value).toEqual({ on: 'heating' });
  });
});

describe('the parking garage', () => {
  test('its gate, sign and till move side by side', () => {
    const shop = open({ places: 1 });
    shop.garage.send({ type: 'ARRIVE', plate: 'SENTINEL 1' });
    shop.garage.send({ type: 'PAY', ticket: 'T1', cardNumber: CARD.number });
    expect(shop.look().actor('garage').machine).toMatchObject({
      value: { gate: 'opening', sign: 'full', till: 'charging' },
      context: { cars: 1, ticket: 'T1' },
      timers: [{ target: 'open' }, { target: 'thanking' }],
    });
    shop.pass(1_800);
    shop.pass(4_000 + 1_200);
    expect(shop.garage.getSnapshot().value).toEqual({ gate: 'closed', sign: 'full', till: 'waiting' });
    shop.garage.send({ type: 'LEAVE', ticket: 'T1' });
    expect(shop.garage.getSnapshot().value).toEqual({ gate: 'opening', sign: 'free', till: 'waiting' });
    expect(shop.garage.getSnapshot().context).toMatchObject({ cars: 0, paid: [] });
  });

  test('turns cars away, lets none out unpaid, and charges nobody twice', () => {
    const shop = open({ places: 1 });
    shop.garage.send({ type: 'ARRIVE', plate: 'SENTINEL 1' });
    shop.pass(1_200);
    shop.garage.send({ type: 'PASSED' });
    shop.garage.send({ type: 'OBSTACLE' });
    shop.pass(1_200 + 4_000 + 1_200);
    shop.garage.send({ type: 'ARRIVE', plate: 'SENTINEL 2' });
    shop.garage.send({ type: 'LEAVE', ticket: 'T1' });
    shop.garage.send({ type: 'PAY', ticket: 'T1', cardNumber: CARD.number });
    shop.pass(1_800 + 2_500);
    shop.garage.send({ type: 'PAY', ticket: 'T1', cardNumber: CARD.number });
    expect(shop.look().events('garage', 'refused')).toEqual([
      'ARRIVE: the garage is full',
      'LEAVE: the ticket is not paid',
      'PAY: the ticket is paid already',
    ]);
    expect(shop.look().text).not.toContain('SENTINEL');
  });
});

describe('an order', () => {
  const services = (charge: (attempt: number) => void) =>
    orderMachine.provide({
      actors: {
        reserveStock: fromPromise(async () => ({ shelf: 'A' })),
        chargeCard: fromPromise(async ({ input: { attempt } }) => {
          charge(attempt);
          return { receipt: 'R-1' };
        }),
      },
    });

  test('is paid at the second try, packed by its children, and its van parks in the garage', async () => {
    const machine = services((attempt) => {
      if (attempt === 1) throw new Error('the bank did not answer');
    });
    const shop = open({ machine });
    const order = shop.order({ items, card: CARD });
    await waitFor(order, (snapshot) => snapshot.matches({ paying: 'waiting' }));
    shop.pass(2_000);
    await waitFor(order, (snapshot) => snapshot.matches('packing'));
    expect(shop.look().actor('beans of order 1').parent).toBe(shop.look().actor('order 1').id);
    order.send({ type: 'CANCEL', reason: 'changed my mind' });
    shop.pass(1_500 * 2 + 1_000);
    expect(order.getSnapshot().value).toBe('driving');

    const look = shop.look();
    expect(look.events('order 1', 'refused')).toEqual(['CANCEL: too late to cancel']);
    expect(look.actor('order 1').machine?.context).toEqual({
      number: 1,
      items,
      attempts: 2,
      packed: ['beans', 'cups'],
      receipt: 'R-1',
    });
    // The van is sent from one actor system to another, and told once.
    const arrivals = look.records.filter(
      (record) => record.kind === 'event' && record.event.type === 'ARRIVE',
    );
    expect(arrivals).toMatchObject([
      { actor: look.actor('garage').id, from: look.actor('order 1').id, verdict: 'taken' },
    ]);
    expect(look.actor('garage').system).not.toBe(look.actor('order 1').system);

    shop.pass(5_000);
    order.send({ type: 'CANCEL', reason: 'it came twice' });
    expect(shop.look().actor('order 1').status).toBe('done');
    expect(shop.look().events('order 1', 'dead')).toEqual(['CANCEL: the actor is done']);
    for (const secret of ['SENTINEL', 'Sentinel', 'service-0815'])
      expect(shop.look().text).not.toContain(secret);
  });

  test('is cancelled when the bank never answers', async () => {
    const shop = open({
      machine: services(() => {
        throw new Error('the bank did not answer');
      }),
    });
    const order = shop.order({ items, card: CARD });
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      await waitFor(order, (snapshot) => snapshot.matches({ paying: 'waiting' }));
      shop.pass(2_000);
    }
    const { value, context } = await waitFor(order, ({ status }) => status === 'done');
    expect([value, context.attempts]).toEqual(['cancelled', 3]);
  });
});
