import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Anvil, isAnvilAt, startAnvil } from '../../../src/dev/anvil.ts';
import { failureOf } from '../../support/chain.ts';

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** A process that starts a chain, says where, and then waits. */
const parentOfAnvil = async (options: object) => {
  const source = pathToFileURL('src/dev/anvil.ts').href;
  const script = `import { startAnvil } from ${JSON.stringify(source)};
    const { url, pid, genesisHash } = await startAnvil(${JSON.stringify(options)});
    console.log(JSON.stringify({ url, pid, genesisHash }));
    process.stdin.once('data', () => process.exit(0));`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(parent.stdout, 'data');
  return { parent, anvil: JSON.parse(String(line)) as Anvil };
};

describe('a dev chain', () => {
  it('has a genesis hash of its own, even beside one that starts in the same second', async () => {
    const chains = await Promise.all([startAnvil(), startAnvil(), startAnvil()]);
    try {
      expect(new Set(chains.map(({ genesisHash }) => genesisHash)).size).toBe(3);
      expect(new Set(chains.map(({ port }) => port)).size).toBe(3);
      const [first, second] = chains;
      expect(await isAnvilAt(first?.url ?? '', first?.genesisHash ?? '')).toBe(true);
      expect(await isAnvilAt(first?.url ?? '', second?.genesisHash ?? '')).toBe(false);
    } finally {
      await Promise.all(chains.map((chain) => chain.stop()));
    }
    expect(chains.some(({ pid }) => isAlive(pid))).toBe(false);
    expect(await isAnvilAt(chains[0]?.url ?? '', chains[0]?.genesisHash ?? '')).toBe(false);
  });

  it('says so when its port is taken, and is not taken for the chain that has it', async () => {
    const chain = await startAnvil();
    try {
      const error = await failureOf(startAnvil({ port: chain.port }));
      expect((error as Error).message).toContain(`is port ${chain.port} taken?`);
    } finally {
      await chain.stop();
      await chain.stop();
    }
  });

  it('outlives a killed parent when detached, is found by its genesis hash, and logs to its file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'anvil-'));
    const logFile = join(folder, 'anvil.log');
    const { parent, anvil } = await parentOfAnvil({ detached: true, logFile });
    try {
      parent.kill('SIGKILL');
      await once(parent, 'exit');
      expect(await isAnvilAt(anvil.url, anvil.genesisHash)).toBe(true);
      expect(readFileSync(logFile, 'utf8')).toContain('Listening on');
    } finally {
      process.kill(anvil.pid, 'SIGKILL');
      rmSync(folder, { recursive: true });
    }
  });

  it('goes with its parent otherwise', async () => {
    const { parent, anvil } = await parentOfAnvil({});
    parent.stdin.write('\n');
    await once(parent, 'exit');
    await expect.poll(() => isAnvilAt(anvil.url, anvil.genesisHash)).toBe(false);
  });
});
