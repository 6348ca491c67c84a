import { assign, raise, setup } from 'xstate';

/** Milliseconds. */
export const GARAGE_DELAYS = {
  gateTime: 1_200,
  passingTime: 4_000,
  bankTime: 1_800,
  thanksTime: 2_500,
} as const;

/** The barrier of a parking garage: its gate, its sign and its till go their own ways, side by side. */
export const parkingGarageMachine = setup({
  types: {} as {
    context: {
      places: number;
      cars: number;
      /** Tickets that are paid and whose car has not left. */
      paid: readonly string[];
      ticket: string | undefined;
      /** What the till reads, and the inspector must never show. */
      cardNumber: string | undefined;
    };
    events:
      | { type: 'ARRIVE'; plate: string }
      | { type: 'LEAVE'; ticket: string }
      | { type: 'PASSED' }
      | { type: 'OBSTACLE' }
      | { type: 'PAY'; ticket: string; cardNumber: string };
    input: { places: number };
  },
  guards: {
    isFull: ({ context }) => context.cars >= context.places,
    isPaid: ({ context, event }) => event.type === 'LEAVE' && context.paid.includes(event.ticket),
    isPaidAlready: ({ context, event }) => event.type === 'PAY' && context.paid.includes(event.ticket),
  },
  actions: {
    turnAway: () => {},
    askForPayment: () => {},
    countIn: assign({ cars: ({ context }) => context.cars + 1 }),
    countOut: assign(({ context, event }) => ({
      cars: Math.max(0, context.cars - 1),
      paid: context.paid.filter((ticket) => event.type !== 'LEAVE' || ticket !== event.ticket),
    })),
    readCard: assign(({ event }) =>
      event.type === 'PAY' ? { ticket: event.ticket, cardNumber: event.cardNumber } : {},
    ),
    notePaid: assign(({ context: { paid, ticket } }) => ({
      paid: ticket === undefined ? paid : [...paid, ticket],
    })),
    forgetCard: assign({ cardNumber: undefined }),
    goOn: raise({ type: 'PASSED' }),
  },
  delays: GARAGE_DELAYS,
}).createMachine({
  id: 'parkingGarage',
  context: ({ input }) => ({ ...input, cars: 0, paid: [], ticket: undefined, cardNumber: undefined }),
  type: 'parallel',
  states: {
    gate: {
      initial: 'closed',
      states: {
        closed: {
          on: {
            ARRIVE: [
              { guard: 'isFull', actions: 'turnAway' },
              { target: 'opening', actions: 'countIn' },
            ],
            LEAVE: [
              { guard: 'isPaid', target: 'opening', actions: 'countOut' },
              { actions: 'askForPayment' },
            ],
          },
        },
        opening: { after: { gateTime: 'open' } },
        open: { on: { PASSED: 'closing' }, after: { passingTime: { actions: 'goOn' } } },
        closing: { on: { OBSTACLE: 'opening' }, after: { gateTime: 'closed' } },
      },
    },
    sign: {
      initial: 'free',
      states: {
        free: { always: { guard: 'isFull', target: 'full' } },
        full: { on: { LEAVE: { guard: 'isPaid', target: 'free' } } },
      },
    },
    till: {
      initial: 'waiting',
      states: {
        waiting: {
          on: { PAY: [{ guard: 'isPaidAlready' }, { target: 'charging', actions: 'readCard' }] },
        },
        charging: { exit: 'forgetCard', after: { bankTime: { target: 'thanking', actions: 'notePaid' } } },
        thanking: { after: { thanksTime: 'waiting' } },
      },
    },
  },
});
