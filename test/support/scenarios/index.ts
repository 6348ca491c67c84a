import type { Scenario } from '../executor-scenario.ts';
import { breaking } from './breaking.ts';
import { bumping } from './bumping.ts';
import { controlling } from './controlling.ts';
import { depending } from './depending.ts';
import { faults } from './faults.ts';
import { filling } from './filling.ts';
import { leasing } from './leasing.ts';
import { lookingUp } from './looking-up.ts';
import { paying } from './paying.ts';
import { polling } from './polling.ts';
import { requeueing } from './requeueing.ts';
import { restarting } from './restarting.ts';
import { signing } from './signing.ts';
import { submitting } from './submitting.ts';
import { telling } from './telling.ts';

/** All of them, by title. */
export const SCENARIOS: ReadonlyMap<string, Scenario> = new Map(
  [
    paying,
    polling,
    faults,
    leasing,
    breaking,
    controlling,
    signing,
    submitting,
    lookingUp,
    depending,
    telling,
    bumping,
    filling,
    requeueing,
    restarting,
  ].flatMap((group) => group.map((scenario) => [scenario.title, scenario] as const)),
);
