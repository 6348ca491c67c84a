import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { leftoversAt } from '../../pressure/site.ts';
import { openRunSite, type StormSite } from '../../pressure/storm-site.ts';
import { PROGRAM } from '../cli/treasury.ts';

let run: StormSite;
beforeAll(async () => {
  run = await openRunSite();
});
afterAll(() => run.close());

test('a full disk behind standard output stops no payment and no shutdown, and is told at the end', async () => {
  await run.owe();
  const full = openSync('/dev/full', 'w');
  const sending = run.nextCall('eth_sendRawTransaction');
  const child = spawn(process.execPath, [PROGRAM, ...run.args, '--json'], {
    cwd: run.site.folder,
    env: run.site.env,
    stdio: ['ignore', full, 'pipe'],
  });
  closeSync(full);
  const ended = once(child, 'close');
  const said = text(child.stderr as Readable);
  await Promise.race([sending, ended]);
  child.kill('SIGTERM');
  expect((await ended)[0]).toBe(74);
  expect(await said).toMatch(/^(.*\n)*treasury: cannot write to standard output \(ENOSPC: [^\n]*\n$/);
  expect(await leftoversAt(run.site)).toEqual([]);
});
