import type { Command } from 'commander';
import { CONTROL_ACTIONS, type ControlAction } from '../../breaker-control.ts';
import { withStore } from '../open-store.ts';
import { operator } from '../operator.ts';
import { addStoreOptions, parseReason, type StoreOptions } from '../options.ts';
import { standardOutput } from '../output.ts';
import { jsonLine } from '../printable.ts';
import { runBreakerStatus } from './breaker-status.ts';

interface OrderOptions extends StoreOptions {
  readonly reason?: string;
}

const DESCRIPTIONS = {
  isolate: 'let the breaker refuse every submission until it is reset',
  reset: 'close the breaker, with its counts cleared',
} as const satisfies Record<ControlAction, string>;

/** `treasury breaker status|isolate|reset`: looks at the breaker of the executor, and gives it orders through the store. */
export function registerBreaker(program: Command): void {
  const breaker = program
    .command('breaker')
    .description("look at the executor's circuit breaker, or give it orders");
  const status = breaker
    .command('status')
    .description('the breaker as it was stored at its last change, and the orders to it')
    .action(runBreakerStatus);
  addStoreOptions(status);
  for (const action of CONTROL_ACTIONS) {
    const command = breaker
      .command(action)
      .description(`${DESCRIPTIONS[action]}: the executor does so at its next tick`)
      .option('--reason <text>', 'why, for the audit', parseReason)
      .action((options: OrderOptions) => runOrder(action, options));
    addStoreOptions(command);
  }
}

async function runOrder(action: ControlAction, { db, json, reason }: OrderOptions): Promise<void> {
  const { id } = await withStore(db, { create: false }, (store) =>
    store.requestControl({ action, reason: reason || undefined, by: operator() }, { now: Date.now() }),
  );
  await standardOutput().writeLines([
    json
      ? jsonLine({ id, action, state: 'pending' })
      : `order ${id} to ${action} the breaker is stored: it is applied at the executor's next tick`,
  ]);
}
