import { assign, setup } from 'xstate';

type Drink = 'espresso' | 'lungo';

/** How long everything takes, in milliseconds: for the machine, and for the drawing of it. */
export const ESPRESSO_DELAYS = {
  heatingStep: 700,
  grindingTime: 1_200,
  soakingTime: 900,
  pouringTime: 2_500,
  patience: 12_000,
} as const;

const COLD = 20;
const HOT = 92;
const TANK = 4;

/** An espresso machine: heats up, makes one drink at a time, and goes to sleep when nobody wants one. */
export const espressoMachine = setup({
  types: {} as {
    context: {
      /** Celsius. */
      temperature: number;
      /** Drinks that the water is enough for. */
      water: number;
      drinks: number;
      drink: Drink | undefined;
      /** Opens the service menu: nobody's business, so it is not on the inspector's list. */
      serviceCode: string;
    };
    events:
      | { type: 'POWER' }
      | { type: 'BREW'; drink: Drink; guest: string }
      | { type: 'STOP' }
      | { type: 'REFILL' };
    input: { serviceCode: string };
  },
  guards: {
    isHot: ({ context }) => context.temperature >= HOT,
    isTankEmpty: ({ context }) => context.water === 0,
  },
  actions: {
    warmUp: assign({ temperature: ({ context }) => Math.min(HOT, context.temperature + 18) }),
    coolDown: assign({ temperature: COLD + 40 }),
    askForWater: () => {},
    fillTank: assign({ water: TANK }),
    takeWater: assign({ water: ({ context }) => context.water - 1 }),
    noteDrink: assign({ drink: ({ event }) => (event.type === 'BREW' ? event.drink : undefined) }),
    countDrink: assign({ drinks: ({ context }) => context.drinks + 1 }),
    forgetDrink: assign({ drink: undefined }),
  },
  delays: {
    ...ESPRESSO_DELAYS,
    pouringTime: ({ context }) => ESPRESSO_DELAYS.pouringTime * (context.drink === 'lungo' ? 2 : 1),
  },
}).createMachine({
  id: 'espressoMachine',
  context: ({ input }) => ({ ...input, temperature: COLD, water: TANK, drinks: 0, drink: undefined }),
  initial: 'off',
  states: {
    off: { on: { POWER: 'on' } },
    on: {
      initial: 'heating',
      on: { POWER: 'off', REFILL: { actions: 'fillTank' } },
      states: {
        heating: {
          after: {
            heatingStep: [
              { guard: 'isHot', target: 'ready' },
              { target: 'heating', reenter: true, actions: 'warmUp' },
            ],
          },
        },
        ready: {
          on: {
            BREW: [
              { guard: 'isTankEmpty', actions: 'askForWater' },
              { target: 'brewing', actions: 'noteDrink' },
            ],
          },
          after: { patience: { target: 'asleep', actions: 'coolDown' } },
        },
        brewing: {
          initial: 'grinding',
          exit: 'forgetDrink',
          on: { STOP: 'ready' },
          onDone: { target: 'ready', actions: 'countDrink' },
          states: {
            grinding: { after: { grindingTime: 'soaking' } },
            soaking: { entry: 'takeWater', after: { soakingTime: 'pouring' } },
            pouring: { after: { pouringTime: 'served' } },
            served: { type: 'final' },
          },
        },
        asleep: { on: { BREW: 'heating' } },
      },
    },
  },
});
