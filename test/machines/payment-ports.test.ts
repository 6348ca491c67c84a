import { describe, expect, it } from 'vitest';
import { createActor, fromTransition } from 'xstate';
import { disbursementMachine, NOTHING_UNMINED, type PaymentRested } from '../../machines/index.ts';
import { intentInput, signingInput } from '../../machines/payment-inputs.ts';
import { PAYMENTS, type PaymentVariant } from '../paths/payment-cases.ts';

const [queued, , staged] = PAYMENTS as readonly [PaymentVariant, PaymentVariant, PaymentVariant];

/** A payment over the ports that the chart comes with, and the errors that it reports. */
function bare({ input }: PaymentVariant) {
  const reported: (Error | undefined)[] = [];
  const executor = createActor(
    fromTransition((none: null, event: PaymentRested) => {
      if (event.type === 'RESTED') reported.push(event.error);
      return none;
    }, null),
  ).start();
  const payment = createActor(disbursementMachine, { input: { ...input, executor } as never });
  return { payment, reported };
}

it('a payment whose ports nobody provided says so, and does nothing', async () => {
  const { payment, reported } = bare(staged);
  payment.start();
  payment.send({ type: 'SETTLE' });
  await new Promise((resolve) => setImmediate(resolve));
  expect(reported.map((error) => error?.message)).toEqual(['this actor is provided by the executor']);
  payment.stop();
});

describe('a payment sends nothing that was not signed', () => {
  it('a row that should have bytes and has none ends in an error before it asks the submitter', () => {
    const { input } = staged;
    const { payment, reported } = bare({
      ...staged,
      input: { ...input, row: { ...input.row, intents: [] } },
    });
    const errors: unknown[] = [];
    payment.subscribe({ error: (error) => errors.push(error) });
    payment.start();
    payment.send({ type: 'SUBMIT' });
    expect(errors.map(String)).toEqual(['Error: disbursement a has no signed bytes']);
    expect(payment.getSnapshot().children).toEqual({});
    expect(reported).toEqual([]);
  });

  it('has no nonce to sign with but that of a PAY, or one of its own', () => {
    const { context } = createActor(disbursementMachine, { input: queued.input }).getSnapshot();
    const why = 'a payment is signed by PAY, and where it has bytes by BUMP and FILL';
    expect(() => signingInput({ context })).toThrow(why);
    const settled = createActor(disbursementMachine, { input: staged.input }).getSnapshot();
    expect(() => signingInput({ context: settled.context })).toThrow(why);
    const filling = { ...context, order: { type: 'FILL', unmined: NOTHING_UNMINED } } as const;
    expect(() => signingInput({ context: filling })).toThrow(why);
    expect(() => intentInput({ context })).toThrow('disbursement a has no signed bytes');
  });
});
