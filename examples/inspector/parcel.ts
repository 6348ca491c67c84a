import { sendParent, setup } from 'xstate';

/** Milliseconds. */
export const PARCEL_DELAYS = { pickingTime: 1_500, packingTime: 1_000 } as const;

/** One parcel of an order, from the shelf to the van. */
export const parcelMachine = setup({
  types: {} as {
    context: { sku: string; quantity: number };
    events: { type: 'CANCEL' };
    input: { sku: string; quantity: number };
  },
  actions: {
    tellPacked: sendParent(({ context }) => ({ type: 'PACKED', sku: context.sku })),
  },
  delays: {
    ...PARCEL_DELAYS,
    pickingTime: ({ context }) => PARCEL_DELAYS.pickingTime * context.quantity,
  },
}).createMachine({
  id: 'parcel',
  context: ({ input }) => input,
  initial: 'picking',
  states: {
    picking: { on: { CANCEL: 'putBack' }, after: { pickingTime: 'packing' } },
    packing: { after: { packingTime: 'packed' } },
    packed: { type: 'final', entry: 'tellPacked' },
    putBack: { type: 'final' },
  },
});
