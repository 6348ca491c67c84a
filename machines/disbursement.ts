import { disbursementSetup, restingContext } from './disbursement-setup.ts';
import { changeInput, intentInput, rowInput, signingInput, stagingInput } from './payment-inputs.ts';

/**
 * The life of one payment: `queued -> staged -> submitted -> executed -> finalized`.
 *
 * It rests, `queued` or `underway` (its bytes are durable), and moves only by an order of the executor: `PAY` signs and
 * makes the bytes durable, `SUBMIT` takes a permit and sends exactly these bytes, `SETTLE` asks the chain, `BUMP` signs
 * once more with the same nonce and a higher fee, `FILL` signs what uses the nonce up without paying. Each order ends at
 * rest, told to the executor together with what the breaker has to hear.
 *
 * A row that has bytes never gets another nonce, and only the chain decides what became of it: it is cancelled only where
 * no node can have its bytes, and is a dead letter once its nonce is used for good by what does not pay it: its own
 * transaction, reverted, or another one.
 */
export const disbursementMachine = disbursementSetup.createMachine({
  id: 'disbursement',
  context: restingContext,
  initial: 'resting',
  states: {
    resting: { always: [{ guard: 'isQueued', target: 'queued' }, { target: 'underway' }] },
    queued: { on: { PAY: { target: 'signing', actions: 'takeOrder' } } },
    underway: {
      on: {
        SUBMIT: { target: 'submitting', actions: 'takeOrder' },
        SETTLE: { target: 'lookingUp', actions: 'takeOrder' },
        BUMP: { target: 'signing', actions: 'takeOrder' },
        FILL: { target: 'signing', actions: 'takeOrder' },
      },
    },

    signing: {
      invoke: {
        src: 'sign',
        id: 'sign',
        input: signingInput,
        onDone: [
          { guard: 'isSigned', target: 'staging', actions: ['noteSigning', 'announceSignature'] },
          { guard: 'isReplacement', target: 'resting', actions: ['noteSigning', 'reportRest'] },
          { guard: 'isHeld', target: 'recording', actions: ['noteSigning', 'planHeld'] },
          { guard: 'isCancellation', target: 'recording', actions: ['noteSigning', 'planCancelled'] },
          { guard: 'isLastRefusal', target: 'recording', actions: ['noteSigning', 'planDeadLetter'] },
          { guard: 'isSigningRefusal', target: 'recording', actions: ['noteSigning', 'planBackoff'] },
          { target: 'resting', actions: ['noteSigning', 'reportRest'] },
        ],
      },
    },
    staging: {
      invoke: {
        src: 'stage',
        id: 'stage',
        input: stagingInput,
        onDone: { target: 'resting', actions: ['becomeStaged', 'reportRest'] },
        onError: { target: 'resting', actions: ['noteRecordingFault', 'reportRest'] },
      },
    },
    submitting: {
      invoke: {
        src: 'submit',
        id: 'submit',
        input: intentInput,
        onDone: [
          { guard: 'isRefusedByBreaker', target: 'resting', actions: 'reportRest' },
          { guard: 'isGapFillAccepted', target: 'resting', actions: ['noteSubmission', 'reportRest'] },
          { guard: 'isAccepted', target: 'recording', actions: ['noteSubmission', 'planSubmitted'] },
          { guard: 'isAlreadyKnown', target: 'lookingUp', actions: 'noteSubmission' },
          { guard: 'isHeld', target: 'recording', actions: ['noteSubmission', 'planHeld'] },
          { guard: 'mayBeCancelled', target: 'recording', actions: ['noteSubmission', 'planCancelled'] },
          { guard: 'isLastRefusalByNode', target: 'recording', actions: ['noteSubmission', 'planGivenUp'] },
          { guard: 'isRefusedByNode', target: 'recording', actions: ['noteSubmission', 'planBackoff'] },
          { target: 'resting', actions: ['noteSubmission', 'reportRest'] },
        ],
      },
    },
    lookingUp: {
      invoke: {
        src: 'lookUp',
        id: 'lookUp',
        input: rowInput,
        onDone: [
          { guard: 'isDeepEnough', target: 'recording', actions: 'planFinalized' },
          { guard: 'isMined', target: 'recording', actions: 'planExecuted' },
          { guard: 'isGapClosed', target: 'recording', actions: 'planGapClosed' },
          { guard: 'isRevertedForGood', target: 'recording', actions: 'planDeadLetterReverted' },
          { guard: 'isReplacedForGood', target: 'recording', actions: 'planDeadLetterReplaced' },
          { guard: 'hasVanished', target: 'recording', actions: ['noteVerdict', 'planSubmittedAgain'] },
          { guard: 'isInPool', target: 'recording', actions: 'planSubmitted' },
          { target: 'resting', actions: ['noteVerdict', 'reportRest'] },
        ],
        onError: { target: 'resting', actions: ['noteLookupFault', 'reportRest'] },
      },
    },
    recording: {
      invoke: {
        src: 'record',
        id: 'record',
        input: changeInput,
        onDone: { target: 'resting', actions: ['applyChange', 'reportRest'] },
        onError: { target: 'resting', actions: ['noteRecordingFault', 'reportRest'] },
      },
    },
  },
});
