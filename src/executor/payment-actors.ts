import { fromPromise } from 'xstate';
import type {
  Commitment,
  Disbursement,
  DisbursementRow,
  disbursementMachine,
  LookupResult,
  RowChange,
  SignedIntent,
  SigningResult,
  SubmissionResult,
} from '../../machines/index.ts';
import { SigningError, SubmissionError } from '../errors.ts';
import type { ExecutorPorts } from './executor-ports.ts';
import { type IntentVerdict, rowVerdict } from './row-verdict.ts';
import { fromSigner, fromStore, fromSubmitter } from './thrown.ts';
import { withDeadline } from './with-deadline.ts';

const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 300_000;
/** How long a row waits that the account could not pay: each try asks the chain for the balance. */
const HOLD_MS = 30_000;

/** How long a row that was refused `attempts` times waits: it doubles from one second to five minutes. */
const backoffMs = (attempts: number): number =>
  Math.min(FIRST_BACKOFF_MS * 2 ** Math.max(0, attempts - 1), LONGEST_BACKOFF_MS);

const costFrom = (unmined: readonly Commitment[], nonce: number): bigint =>
  unmined.reduce((sum, other) => (other.nonce >= nonce ? sum + other.maxCost : sum), 0n);

function assertSignedFor({ id }: Disbursement, nonce: number, intent: SignedIntent): void {
  if (intent.disbursementId !== id || intent.nonce !== nonce) {
    throw new SigningError(
      `the signer signed disbursement ${intent.disbursementId} with nonce ${intent.nonce}, asked for ${id} with ${nonce}`,
    );
  }
}

/** The payment's chart with its actors: signer, store, submitter and look-up of one executor. */
export function providePayment(
  machine: typeof disbursementMachine,
  ports: ExecutorPorts,
): typeof disbursementMachine {
  const { config, settings, clock, wallNow } = ports;
  const { store } = config;
  const deadline = (signal: AbortSignal, onTimeout: () => Error) => ({
    clock,
    timeoutMs: settings.submitTimeoutMs,
    signal,
    onTimeout,
  });

  return machine.provide({
    actors: {
      sign: fromPromise<
        SigningResult,
        { readonly row: Disbursement; readonly nonce: number; readonly unmined: readonly Commitment[] }
      >(async ({ input: { row, nonce, unmined }, signal: outer }) => {
        const { generation } = ports.breaker();
        const request = {
          nonce,
          purpose: 'pay' as const,
          committed: costFrom(unmined, 0),
          committedFrom: (from: number) => costFrom(unmined, from),
        };
        try {
          const intent = await withDeadline(
            (signal) => config.signer(row, request, { signal }),
            deadline(outer, () => new SigningError('the signer did not answer in time', { transient: true })),
          );
          assertSignedFor(row, nonce, intent);
          return { generation, intent };
        } catch (thrown) {
          return { generation, error: fromSigner(thrown) };
        }
      }),

      stage: fromPromise<void, { readonly intent: SignedIntent }>(async ({ input: { intent } }) => {
        try {
          await store.stage(ports.lease(), intent, { now: wallNow(), purpose: 'pay' });
        } catch (thrown) {
          throw fromStore(thrown);
        }
      }),

      // The permit and the call of the submitter are one synchronous step: nothing can come between them.
      submit: fromPromise<SubmissionResult, { readonly intent: SignedIntent }>(
        ({ input: { intent }, signal: outer }) => {
          const permit = ports.breaker().tryAcquire();
          if (permit === undefined) return Promise.resolve({ permit });
          return withDeadline(
            (signal) => config.submitter(intent, { signal }),
            deadline(
              outer,
              () => new SubmissionError('the submission got no answer in time: its outcome is unknown'),
            ),
          ).then(
            () => ({ permit }),
            (thrown) => ({ permit, error: fromSubmitter(thrown) }),
          );
        },
      ),

      lookUp: fromPromise<LookupResult, { readonly row: DisbursementRow }>(
        async ({ input: { row }, signal: outer }) => {
          const verdicts: IntentVerdict[] = [];
          for (const intent of row.intents) {
            const verdict = await withDeadline(
              (signal) => config.lookup(intent, { signal }),
              deadline(outer, () => new SubmissionError('the look-up got no answer in time')),
            );
            verdicts.push({ ...verdict, intent });
          }
          return {
            ...rowVerdict(row, verdicts),
            isBackingOff: row.notBefore !== undefined && row.notBefore > wallNow(),
          };
        },
      ),

      record: fromPromise<void, { readonly row: DisbursementRow; readonly change: RowChange }>(
        async ({ input: { row, change } }) => {
          const { backsOff, isHeld, ...rest } = change;
          const now = wallNow();
          const waitMs = isHeld ? HOLD_MS : backsOff ? backoffMs(change.attempts ?? row.attempts) : undefined;
          const notBefore = waitMs === undefined ? null : now + waitMs;
          try {
            await store.change(ports.lease(), row.id, { from: [row.status], notBefore, ...rest }, { now });
          } catch (thrown) {
            throw fromStore(thrown);
          }
        },
      ),
    },
  });
}
