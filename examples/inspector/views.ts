import type { InspectorOptions } from '../../src/inspect/index.ts';
import { ESPRESSO_DELAYS } from './espresso-machine.ts';
import { ORDER_DELAYS } from './order.ts';
import { PARCEL_DELAYS } from './parcel.ts';
import { GARAGE_DELAYS } from './parking-garage.ts';

/**
 * What the inspector shows of each machine, by its id. A field that is not named here is not shown: the service code of
 * the espresso machine, card numbers and card holders, number plates.
 */
export const VIEWS: NonNullable<InspectorOptions['machines']> = {
  espressoMachine: {
    title: 'Espresso',
    delays: ESPRESSO_DELAYS,
    show: {
      context: ['temperature', 'water', 'drinks', 'drink'],
      events: { BREW: ['drink'] },
    },
    refusals: { askForWater: 'the tank is empty' },
  },
  parkingGarage: {
    title: 'Garage',
    delays: GARAGE_DELAYS,
    show: {
      context: ['places', 'cars', 'paid[]', 'ticket'],
      events: { PAY: ['ticket'], LEAVE: ['ticket'] },
    },
    refusals: {
      turnAway: 'the garage is full',
      askForPayment: 'the ticket is not paid',
      isPaidAlready: 'the ticket is paid already',
    },
  },
  order: {
    title: 'Orders',
    nameOf: ({ number }: { readonly number: number }) => `order ${number}`,
    delays: ORDER_DELAYS,
    show: {
      context: ['number', 'items[].*', 'attempts', 'packed[]', 'receipt'],
      events: { PACKED: ['sku'], CANCEL: ['reason'], 'xstate.error.actor.chargeCard': ['error'] },
    },
    refusals: { refuseToCancel: 'too late to cancel' },
  },
  parcel: {
    title: 'Parcels',
    delays: PARCEL_DELAYS,
    show: { context: ['*'] },
  },
};
