import { expect, test } from 'vitest';
import { Counts } from './counts.ts';

test('tells what has to happen and did not', () => {
  const counts = new Counts();
  expect(counts.missing()).toContain('RPC hung: calls');
  counts.add('RPC hung: calls', 2);
  expect(counts.missing()).not.toContain('RPC hung: calls');
  expect(counts.missing()).not.toContain('  outbid');
  counts.add('kill -9', 100);
  expect(counts.missing()).toContain('  outbid');
  expect(counts.missing()).not.toContain('  woken to find the lease gone');
});

test('the table names all that can happen, with how often it did', () => {
  const counts = new Counts();
  counts.add('transactions sent', 12_345);
  expect(counts.table()).toMatch(/^WHAT +TIMES\nkill -9 +0\n/);
  expect(counts.table()).toMatch(/\ntransactions sent +12,345\n/);
});
