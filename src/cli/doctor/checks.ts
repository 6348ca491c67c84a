import { alerts } from './alerts.ts';
import { balance } from './balance.ts';
import type { Check } from './check.ts';
import { clock } from './clock.ts';
import { configuration } from './configuration.ts';
import { control } from './control.ts';
import { key } from './key.ts';
import { metrics } from './metrics.ts';
import { nonce } from './nonce.ts';
import { rpc } from './rpc.ts';
import { store } from './store.ts';
import { storeDurability } from './store-durability.ts';

/** The deployment checklist, in the order in which it is told. */
export const CHECKS: readonly Check[] = [
  configuration,
  key,
  control,
  store,
  storeDurability,
  rpc,
  nonce,
  balance,
  clock,
  metrics,
  alerts,
];
