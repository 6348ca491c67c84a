import { expect, test } from 'vitest';
import { afterPowerCut, type DiskImage } from './disk.ts';
import { Random } from './random.ts';

const image = (database: string, log: string): DiskImage => ({
  database: Buffer.from(database),
  log: Buffer.from(log),
});

test('a power cut leaves all of a write, nothing of it, or some bytes of it', () => {
  const before = image('pages', 'old');
  const after = image('pages', 'old and new');
  const random = new Random('cuts');
  const seen = new Map<string, Set<string>>();
  for (let cut = 0; cut < 200; cut += 1) {
    const { image: left, remains } = afterPowerCut(before, after, random);
    seen.set(remains, (seen.get(remains) ?? new Set()).add(String(left.log)));
  }
  expect([...(seen.get('survived') ?? [])]).toEqual(['old and new']);
  expect([...(seen.get('lost') ?? [])]).toEqual(['old']);
  expect(seen.get('torn')?.size).toBe('old and new'.length - 'old'.length);
});

test('a write that reached the database itself is not torn', () => {
  const random = new Random('checkpoints');
  for (let cut = 0; cut < 50; cut += 1)
    expect(afterPowerCut(image('a', 'x'), image('b', ''), random).remains).not.toBe('torn');
});
