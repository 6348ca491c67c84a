import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { storeDurability } from '../../../../src/cli/doctor/store-durability.ts';
import { CHECKOUT, objectsOf } from '../treasury.ts';
import { inFolder, line, title } from './support.ts';

const TMPFS = 0x01021994;

const { at, db, folder, found } = inFolder();

/** Runs the command on its own, with something around it, and gives its line about durability. */
function durabilityUnder(tool: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { stdout } = spawnSync(
    tool,
    [...args, process.execPath, CHECKOUT, 'doctor', '--db', db(), '--json'],
    {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    },
  );
  return objectsOf(stdout).find((each) => each['check'] === 'store durability');
}

const runs = (tool: string, ...args: readonly string[]): boolean => spawnSync(tool, args).status === 0;
/** Processes may be traced here, and no other calls are made slower by it. */
const TRACING = ['-f', '--seccomp-bpf'];
const canTrace = process.platform === 'linux' && runs('strace', ...TRACING, 'true');
const COMPILER = 'cc';
const canCompile = process.platform === 'linux' && runs(COMPILER, '--version');
const inMemory = existsSync('/dev/shm') && statfsSync('/dev/shm').type === TMPFS;

describe('store durability', () => {
  test('an fsync is seen, and nothing is left behind', async () => {
    const [only, ...others] = await found(storeDurability);
    expect(others).toEqual([]);
    expect(only?.verdict).not.toBe('failed');
    if (only?.verdict === 'ok')
      expect(only.finding).toMatch(/^WAL, synchronous FULL.*; .* each, without fsync /);
    expect(readdirSync(folder())).toEqual([]);
  });

  test('no folder', async () => {
    expect(await found(storeDurability, { db: at('none/treasury.db') })).toEqual(
      line('warning', /^not looked at: there is no folder .*none$/, /"store"/),
    );
  });
});

describe.skipIf(!inMemory)(title('a store in memory', inMemory, '/dev/shm lies on a disk here'), () => {
  test('is a fault, whatever an fsync does', async () => {
    const memory = await mkdtemp('/dev/shm/treasury-doctor-');
    try {
      const flags = { db: join(memory, 'treasury.db') };
      expect(await found(storeDurability, flags)).toEqual(
        line('failed', /in memory \(tmpfs\)/, /local disk/),
      );
      expect(readdirSync(memory)).toEqual([]);
    } finally {
      await rm(memory, { recursive: true });
    }
  });
});

describe.skipIf(!canTrace)(title('an fsync that is traced', canTrace, 'strace may not trace here'), () => {
  test('is made at each commit that is to last, and at no other', () => {
    const seen = durabilityUnder('strace', [
      ...TRACING,
      '-y',
      '-o',
      at('calls'),
      '-e',
      'trace=fsync,fdatasync',
    ]);
    expect(seen?.['verdict']).not.toBe('failed');
    const calls = readFileSync(at('calls'), 'utf8').split('\n');
    const ofCommits = calls.filter((call) =>
      /f(?:data)?sync\(.*\.doctor-.*\/probe\.db-wal>\)\s+= 0$/.test(call),
    );
    // Twenty of either kind, and the log's own beginnings.
    expect(ofCommits.length).toBeGreaterThanOrEqual(20);
    expect(ofCommits.length).toBeLessThan(30);
  });

  test('is a fault when it fails', () => {
    const tampering = ['-e', 'trace=fsync,fdatasync', '-e', 'inject=fsync,fdatasync:error=EIO'];
    const seen = durabilityUnder('strace', [...TRACING, '-o', '/dev/null', ...tampering]);
    expect(seen).toMatchObject({ verdict: 'failed', remedy: expect.stringContaining('check the disk') });
  });
});

describe.skipIf(!canCompile)(
  title('an fsync that does nothing', canCompile, 'there is no C compiler'),
  () => {
    test('is a fault', () => {
      const source = 'int fsync(int f) { (void)f; return 0; } int fdatasync(int f) { (void)f; return 0; }';
      execFileSync(COMPILER, ['-shared', '-fPIC', '-x', 'c', '-', '-o', at('nothing.so')], { input: source });
      const seen = durabilityUnder('env', [`LD_PRELOAD=${at('nothing.so')}`]);
      expect(seen).toMatchObject({
        verdict: 'failed',
        finding: expect.stringMatching(/^an fsync does nothing.*: \d+ of 20 commits waited for the disk, /),
        remedy: expect.stringContaining('LD_PRELOAD'),
      });
    });
  },
);
