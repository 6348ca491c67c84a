import { describe, expect, test } from 'vitest';
import { createActor } from 'xstate';
import { circuitBreakerMachine, disbursementMachine, treasuryExecutorMachine } from '../../machines/index.ts';
import { readChart } from '../../src/diagram/read-chart.ts';
import { createCircuitBreaker } from '../../src/index.ts';
import { OWN_MACHINES } from '../../src/inspect/own-machines.ts';
import { TestClock } from '../support/breaker.ts';
import { machinePicture, newBook } from './support.ts';

const SECRET = 'sentinel-55e1';

describe('of this package’s own machines', () => {
  test('a breaker shows its policy, counts and names', () => {
    const book = newBook();
    createCircuitBreaker({ name: 'rpc', clock: new TestClock(), inspect: book.inspect }).recordFailure();
    const { title, context, hiddenFields } = machinePicture(book, 'rpc');
    expect(title).toBe('Breaker');
    expect(context).toMatchObject({ name: 'rpc', failures: 1, policy: { failureThreshold: 5 } });
    expect(Object.keys(context)).not.toContain('random');
    expect(hiddenFields).toBeGreaterThan(0);
  });

  test('a payment shows neither its memo nor its signed bytes', () => {
    const book = newBook();
    const intent = { disbursementId: 'INV-1', nonce: 3, txHash: '0xabc', rawTx: SECRET };
    const row = {
      id: 'INV-1',
      destination: '0x1',
      amount: 10n ** 18n,
      memo: SECRET,
      scheduledEpoch: 0,
      dependsOn: [],
      status: 'staged' as const,
      nonce: 3,
      intents: [intent],
      attempts: 0,
      reason: undefined,
      notBefore: undefined,
    };
    const executor = createActor(treasuryExecutorMachine, {
      input: {
        settings: {
          pollIntervalMs: 1_000,
          leaseTtlMs: 60_000,
          batchSize: 1,
          maxInFlight: 1,
          maxUnmined: 1,
          confirmations: 1,
          maxAttempts: 1,
          onInsufficientFunds: 'cancel',
        },
      },
    });
    const input = { row, executor, confirmations: 1, maxAttempts: 1, onInsufficientFunds: 'cancel' as const };
    createActor(disbursementMachine, {
      id: 'payment:INV-1',
      input: input as never,
      inspect: book.inspect,
    }).start();
    const { context } = machinePicture(book, 'payment:INV-1');
    expect(context['row']).toMatchObject({ id: 'INV-1', amount: '1000000000000000000', nonce: 3 });
    expect(JSON.stringify([book.records(), book.recorder.pictures()])).not.toContain(SECRET);
  });

  test('every guard and action that turns something down is one of the chart’s', () => {
    const machines = {
      circuitBreaker: circuitBreakerMachine,
      treasuryExecutor: treasuryExecutorMachine,
      disbursement: disbursementMachine,
    };
    for (const [id, machine] of Object.entries(machines)) {
      const chart = JSON.stringify(readChart(machine));
      const missing = Object.keys(OWN_MACHINES[id]?.refusals ?? {}).filter((name) => !chart.includes(name));
      expect(missing).toEqual([]);
    }
  });
});
