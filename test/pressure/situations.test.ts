import { expect, test } from 'vitest';
import { treasuryExecutorMachine } from '../../machines/index.ts';
import { leavesOf } from '../paths/leaves.ts';
import { situations } from './situations.ts';

test('a process is stopped in each state that the executor can rest in, and in each in which a payment waits', () => {
  const wanted = new Set(situations().map((situation) => situation.wanted));
  expect([...wanted]).toEqual(expect.arrayContaining([...leavesOf(treasuryExecutorMachine)]));
  expect([...wanted].filter((leaf) => leaf.startsWith('payment.'))).toEqual(
    ['signing', 'staging', 'submitting', 'lookingUp', 'recording'].map((leaf) => `payment.${leaf}`),
  );
});
