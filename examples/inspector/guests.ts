import type { Shop } from './shop.ts';

/** So often something happens, in milliseconds. */
const STEP_MS = 1_500;

/** Something new of the shop's machines, and now and then something that they refuse. */
export function letGuestsIn({ espresso, garage, order }: Shop): () => void {
  espresso.send({ type: 'POWER' });
  let guest = 0;
  let ticket = 0;
  const orders: ReturnType<typeof order>[] = [];
  const brew = () => {
    guest += 1;
    espresso.send({ type: 'BREW', drink: guest % 3 === 0 ? 'lungo' : 'espresso', guest: `guest ${guest}` });
  };
  const pay = () => garage.send({ type: 'PAY', ticket: `T${ticket}`, cardNumber: '4000 0000 0000 0002' });
  const buy = () => {
    const items = [
      { sku: 'beans', quantity: 1 },
      { sku: 'cups', quantity: 2 },
    ];
    orders.push(order({ items, card: { holder: 'Ada Example', number: '4000 0000 0000 0010' } }));
  };

  const arrive = () => {
    ticket += 1;
    garage.send({ type: 'ARRIVE', plate: `SHOP ${ticket}` });
  };
  const leave = () => garage.send({ type: 'LEAVE', ticket: `T${ticket}` });
  const pass = () => garage.send({ type: 'PASSED' });

  const steps: readonly (() => void)[] = [
    () => {
      buy();
      arrive();
    },
    () => {
      brew(); // cold at first: ignored
      pass();
    },
    pay,
    leave, // the bank is slow: refused
    brew,
    pay, // paid already: refused
    () => orders.at(-1)?.send({ type: 'CANCEL', reason: 'changed my mind' }), // too late: refused
    brew, // busy: ignored
    () => garage.send({ type: 'OBSTACLE' }), // the van of the order is on its way in
    () => {
      if (guest % 4 === 0) espresso.send({ type: 'REFILL' });
    },
    () => orders.at(-2)?.send({ type: 'CANCEL', reason: 'it came twice' }), // delivered: it is dead
    brew,
    () => {},
    leave,
    pass,
  ];
  let step = 0;
  const next = () => {
    steps[step % steps.length]?.();
    step += 1;
  };
  next();
  const timer = setInterval(next, STEP_MS);
  return () => clearInterval(timer);
}
