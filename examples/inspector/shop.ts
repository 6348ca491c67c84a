import { type ActorRefFrom, createActor } from 'xstate';
import type { Clock } from '../../src/index.ts';
import { createInspector, type Inspector } from '../../src/inspect/index.ts';
import { espressoMachine } from './espresso-machine.ts';
import { type OrderInput, orderMachine } from './order.ts';
import { parkingGarageMachine } from './parking-garage.ts';
import { VIEWS } from './views.ts';

export interface Shop {
  readonly inspector: Inspector;
  readonly espresso: ActorRefFrom<typeof espressoMachine>;
  readonly garage: ActorRefFrom<typeof parkingGarageMachine>;
  /** Starts an actor system of its own for the order. */
  order(input: Omit<OrderInput, 'garage' | 'number'>): ActorRefFrom<typeof orderMachine>;
  close(): void;
}

export interface ShopOptions {
  /** @defaultValue XState's own */
  readonly clock?: Clock;
  /** How many cars the garage holds. @defaultValue 3 */
  readonly places?: number;
  /** A test gives one whose warehouse and bank answer at once. */
  readonly machine?: typeof orderMachine;
}

/** A coffee shop that sends orders out by van: three machines that know nothing of an inspector, and one that sees all. */
export function openShop({ clock, places = 3, machine = orderMachine }: ShopOptions = {}): Shop {
  const inspector = createInspector({ title: 'Coffee shop', machines: VIEWS });
  const timing = clock === undefined ? {} : { clock };

  const espresso = createActor(espressoMachine, {
    ...timing,
    id: 'espresso',
    input: { serviceCode: 'service-0815' },
    inspect: inspector.inspect,
  }).start();

  // This one ran before anybody thought of an inspector.
  const garage = createActor(parkingGarageMachine, { ...timing, input: { places } }).start();
  inspector.attach(garage, { name: 'garage' });

  const orders: ActorRefFrom<typeof orderMachine>[] = [];
  return {
    inspector,
    espresso,
    garage,
    order(input) {
      const number = orders.length + 1;
      const actor = createActor(machine, {
        ...timing,
        input: { ...input, number, garage },
        inspect: inspector.inspect,
      });
      orders.push(actor.start());
      return actor;
    },
    close() {
      for (const actor of [espresso, garage, ...orders]) actor.stop();
      inspector.stop();
    },
  };
}
