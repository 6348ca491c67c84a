import { fromPromise } from 'xstate';
import {
  type Disbursement,
  type DisbursementRow,
  type disbursementMachine,
  type LookupResult,
  type RowChange,
  type SignedIntent,
  type SigningInput,
  type SigningResult,
  type StagingInput,
  type SubmissionResult,
  submissionOutcome,
} from '../../machines/index.ts';
import { SigningError, SubmissionError } from '../errors.ts';
import { committedBy } from './committed.ts';
import { submissionEnded } from './executor-events.ts';
import type { ExecutorPorts } from './executor-ports.ts';
import { type BumpRule, bumpFault, ceilingFault, fillOffer, isOverdue, outbidding } from './fee-bump.ts';
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

function assertSignedFor({ id }: Disbursement, nonce: number, intent: SignedIntent): void {
  if (intent.disbursementId !== id || intent.nonce !== nonce) {
    throw new SigningError(
      `the signer signed disbursement ${intent.disbursementId} with nonce ${intent.nonce}, asked for ${id} with ${nonce}`,
    );
  }
}

/** What outbids nothing would be refused by the node, and what is dearer than the ceiling is not paid. */
function assertReplaces(intent: SignedIntent, { purpose, replaces }: SigningInput, rule: BumpRule): void {
  if (replaces === undefined) return;
  const { fee } = replaces;
  const bump = () => (fee === undefined ? 'what it offers is not known' : bumpFault(intent, fee, rule));
  const fault = purpose === 'fill' ? ceilingFault(intent, rule) : bump();
  if (fault !== undefined) throw new SigningError(`disbursement ${intent.disbursementId}: ${fault}`);
}

/** The payment's chart with its actors: signer, store, submitter and look-up of one executor. */
export function providePayment(
  machine: typeof disbursementMachine,
  ports: ExecutorPorts,
): typeof disbursementMachine {
  const { config, settings, clock, wallNow, listeners, unknownOutcomes } = ports;
  const { store } = config;
  const deadline = (signal: AbortSignal, onTimeout: () => Error) => ({
    clock,
    timeoutMs: settings.submitTimeoutMs,
    signal,
    onTimeout,
  });

  return machine.provide({
    actors: {
      sign: fromPromise<SigningResult, SigningInput>(async ({ input, signal: outer }) => {
        const { row, nonce, purpose, unmined, replaces } = input;
        const { generation } = ports.breaker();
        const request = {
          nonce,
          purpose,
          ...(replaces?.fee && {
            fee: {
              atLeast: purpose === 'fill' ? fillOffer(replaces.fee, settings) : outbidding(replaces.fee),
            },
          }),
          ...committedBy(unmined),
        };
        try {
          const intent = await withDeadline(
            (signal) => config.signer(row, request, { signal }),
            deadline(outer, () => new SigningError('the signer did not answer in time', { transient: true })),
          );
          assertSignedFor(row, nonce, intent);
          assertReplaces(intent, input, settings);
          return { generation, intent: purpose === 'fill' ? { ...intent, purpose } : intent };
        } catch (thrown) {
          return { generation, error: fromSigner(thrown) };
        }
      }),

      stage: fromPromise<void, StagingInput>(async ({ input: { intent, isFirst, follows } }) => {
        const now = wallNow();
        try {
          if (isFirst) await store.stage(ports.lease(), intent, { now, follows });
          else await store.replace(ports.lease(), intent, { now });
        } catch (thrown) {
          throw fromStore(thrown);
        }
      }),

      // The permit and the call of the submitter are one synchronous step: nothing can come between them.
      submit: fromPromise<SubmissionResult, { readonly intent: SignedIntent }>(
        ({ input: { intent }, signal: outer }) => {
          const permit = ports.breaker().tryAcquire();
          if (permit === undefined) return Promise.resolve({ permit });
          const startedAt = clock.now();
          const ended = (error?: Error) => {
            const outcome = submissionOutcome(error);
            unknownOutcomes.submitted(intent.disbursementId, outcome, wallNow());
            listeners.tell('submissionEnded', submissionEnded(outcome, clock.now() - startedAt));
          };
          return withDeadline(
            (signal) => config.submitter(intent, { signal }),
            deadline(
              outer,
              () => new SubmissionError('the submission got no answer in time: its outcome is unknown'),
            ),
          ).then(
            () => {
              ended();
              return { permit };
            },
            (thrown) => {
              const error = fromSubmitter(thrown);
              ended(error);
              return { permit, error };
            },
          );
        },
      ),

      lookUp: fromPromise<LookupResult, { readonly row: DisbursementRow }>(
        async ({ input: { row }, signal: outer }) => {
          const verdicts: IntentVerdict[] = [];
          for (const intent of row.intents) {
            // Each may take its whole time, and a stop waits for no more than one.
            if (ports.isStopping()) throw new Error('the look-up was left: the executor is stopping');
            const verdict = await withDeadline(
              (signal) => config.lookup(intent, { signal }),
              deadline(outer, () => new SubmissionError('the look-up got no answer in time')),
            );
            verdicts.push({ ...verdict, intent });
          }
          const now = wallNow();
          const verdict = rowVerdict(row, verdicts);
          const standing = { isKnown: verdict.status !== 'unknown', isUntried: ports.isUntried(row.id) };
          unknownOutcomes.lookedUp(row, standing, now);
          return {
            ...verdict,
            isBackingOff: row.notBefore !== undefined && row.notBefore > now,
            isOverdue: isOverdue(row, settings, now),
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
