import { type ActorRefFrom, assign, type DoneActorEvent, enqueueActions, sendTo, setup } from 'xstate';
import { parcelMachine } from './parcel.ts';
import type { parkingGarageMachine } from './parking-garage.ts';
import { chargeCard, type Item, reserveStock } from './shop-services.ts';

/** Milliseconds. */
export const ORDER_DELAYS = { backoff: 2_000, drivingTime: 5_000 } as const;

export interface OrderInput {
  readonly number: number;
  readonly items: readonly Item[];
  readonly card: { readonly holder: string; readonly number: string };
  /** Another actor system: the van of the shop parks there. */
  readonly garage: ActorRefFrom<typeof parkingGarageMachine>;
}

/** An order: reserves, charges, packs its parcels side by side, and sends them off by van. */
export const orderMachine = setup({
  types: {} as {
    context: OrderInput & { attempts: number; packed: readonly string[]; receipt: string | undefined };
    events:
      | { type: 'PACKED'; sku: string }
      | { type: 'CANCEL'; reason: string }
      | DoneActorEvent<{ receipt: string }, 'chargeCard'>;
    input: OrderInput;
  },
  actors: { reserveStock, chargeCard, parcel: parcelMachine },
  guards: {
    mayTryAgain: ({ context }) => context.attempts < 3,
    isAllPacked: ({ context }) => context.packed.length === context.items.length,
  },
  actions: {
    countAttempt: assign({ attempts: ({ context }) => context.attempts + 1 }),
    keepReceipt: assign(({ event }) =>
      event.type === 'xstate.done.actor.chargeCard' ? { receipt: event.output.receipt } : {},
    ),
    notePacked: assign(({ context, event }) =>
      event.type === 'PACKED' ? { packed: [...context.packed, event.sku] } : {},
    ),
    spawnParcels: enqueueActions(({ context, enqueue }) => {
      for (const item of context.items) {
        enqueue.spawnChild('parcel', { id: `${item.sku} of order ${context.number}`, input: item });
      }
    }),
    parkVan: sendTo(
      ({ context }) => context.garage,
      ({ context }) => ({ type: 'ARRIVE', plate: `VAN ${context.number}` }),
    ),
    refuseToCancel: () => {},
  },
  delays: ORDER_DELAYS,
}).createMachine({
  id: 'order',
  context: ({ input }) => ({ ...input, attempts: 0, packed: [], receipt: undefined }),
  initial: 'reserving',
  states: {
    reserving: {
      invoke: {
        src: 'reserveStock',
        id: 'reserveStock',
        input: ({ context: { items } }) => ({ items }),
        onDone: 'paying',
        onError: 'cancelled',
      },
      on: { CANCEL: 'cancelled' },
    },
    paying: {
      initial: 'charging',
      on: { CANCEL: 'cancelled' },
      states: {
        charging: {
          entry: 'countAttempt',
          invoke: {
            src: 'chargeCard',
            id: 'chargeCard',
            input: ({ context: { number, attempts, card } }) => ({
              order: number,
              attempt: attempts,
              cardNumber: card.number,
            }),
            onDone: { target: '#order.packing', actions: 'keepReceipt' },
            onError: [{ guard: 'mayTryAgain', target: 'waiting' }, { target: '#order.cancelled' }],
          },
        },
        waiting: { after: { backoff: 'charging' } },
      },
    },
    packing: {
      entry: 'spawnParcels',
      always: { guard: 'isAllPacked', target: 'driving' },
      on: { PACKED: { actions: 'notePacked' }, CANCEL: { actions: 'refuseToCancel' } },
    },
    driving: {
      entry: 'parkVan',
      on: { CANCEL: { actions: 'refuseToCancel' } },
      after: { drivingTime: 'delivered' },
    },
    delivered: { type: 'final' },
    cancelled: { type: 'final' },
  },
});
