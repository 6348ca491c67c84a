import type { CircuitBreakerConfig, DisbursementRow } from '../machines/index.ts';
import {
  createInspector,
  type DisbursementSource,
  type DisbursementView,
  type Inspector,
} from './inspect/index.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { singleFlight } from './single-flight.ts';
import type { Store } from './store/store.ts';

/** Most rows in flight that a page shows. */
const IN_FLIGHT = 100;

export interface TreasuryInspectorOptions {
  readonly store: Store;
  readonly policy: CircuitBreakerConfig | undefined;
  readonly pollIntervalMs: number | undefined;
  readonly leaseTtlMs: number | undefined;
  /** Asked for by the feed; whoever has it may also give orders to the breaker. */
  readonly token: string | undefined;
  readonly allowHosts: readonly string[] | undefined;
  /** The RPC can be broken on purpose. */
  readonly hasOutage: boolean;
  readonly onError: (error: unknown) => void;
}

/** The inspector of a whole treasury: breaker, executor and payments, and the rows in the store. */
export function createTreasuryInspector(options: TreasuryInspectorOptions): Inspector {
  const { store, policy, pollIntervalMs, leaseTtlMs, token, allowHosts, hasOutage, onError } = options;
  return createInspector({
    title: 'Treasury',
    ...(token !== undefined && { token, breakerControl: '/control/breaker' }),
    ...(allowHosts !== undefined && { allowHosts }),
    ...(hasOutage && { outageControl: '/dev/outage' }),
    machines: {
      circuitBreaker: {
        delays: { ...(policy?.openTimeoutMs !== undefined && { openTimeout: policy.openTimeoutMs }) },
      },
      treasuryExecutor: {
        delays: {
          ...(pollIntervalMs !== undefined && { pollInterval: pollIntervalMs }),
          ...(leaseTtlMs !== undefined && { leaseRenewal: leaseTtlMs / 3 }),
        },
      },
    },
    disbursements: disbursementsOf(store),
    onError,
  });
}

/** Anybody may ask, and the store has one connection, which the ticks need: whoever asks often waits in a line of his own. */
function disbursementsOf(store: Store): DisbursementSource {
  return {
    // It counts all rows: pages that ask together share one answer.
    overview: singleFlight(async () => {
      const [counts, rows] = await Promise.all([store.countByStatus(), store.inFlight()]);
      // Executed rows are under watch until they are final, but nothing of theirs is out any more.
      const inFlight = rows.filter(({ status }) => status !== 'executed');
      return {
        now: Date.now(),
        counts,
        inFlight: inFlight.slice(0, IN_FLIGHT).map(viewOf),
        inFlightTotal: inFlight.length,
      };
    }),
    find: oneAtATime(async (id) => {
      const row = await store.find(id);
      return row && viewOf(row);
    }),
  };
}

/** Memo and signed bytes stay in the store. */
function viewOf(row: DisbursementRow): DisbursementView {
  const { id, destination, amount, status, nonce, intents, attempts, reason } = row;
  return {
    id,
    destination,
    amount: amount.toString(),
    status,
    nonce: nonce ?? null,
    txHash: intents.at(-1)?.txHash ?? null,
    attempts,
    reason: reason ?? null,
  };
}
