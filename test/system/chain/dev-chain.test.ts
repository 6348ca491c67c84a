import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findOrStartChain } from '../../../src/dev/dev-chain.ts';
import { processesWith } from '../../pressure/processes.ts';

test('a chain that cannot be recorded is ended: nobody would find it again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'treasury-dev-chain-'));
  process.env['TREASURY_DEV_CHAIN_TEST'] = folder;
  try {
    await mkdir(join(folder, 'chain.json.new'));
    await expect(findOrStartChain(folder)).rejects.toThrow(/cannot be kept in .* \(EISDIR\)/);
    expect(processesWith('TREASURY_DEV_CHAIN_TEST', folder)).toEqual([]);
  } finally {
    for (const pid of processesWith('TREASURY_DEV_CHAIN_TEST', folder)) process.kill(pid, 'SIGKILL');
    delete process.env['TREASURY_DEV_CHAIN_TEST'];
    await rm(folder, { recursive: true });
  }
});
