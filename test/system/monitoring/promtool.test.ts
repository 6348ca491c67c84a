import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ALERT_TESTS, MONITORING } from '../../support/alert-rules.ts';
import { describeWithPromtool } from '../../support/prometheus.ts';

/** What it prints; rejects, with all of it in the error, when it finds a fault. */
const promtool = async (...args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)('promtool', args, { cwd: MONITORING }).catch((error) => {
    throw new Error(`promtool ${args.join(' ')}\n${error.stdout}${error.stderr}`);
  });
  return stdout;
};

describeWithPromtool('promtool', () => {
  test('takes the rules and the configuration', async () => {
    expect(await promtool('check', 'rules', 'alerts.yml')).toContain('SUCCESS');
    expect(await promtool('check', 'config', 'prometheus.yml')).toContain('alerts.yml');
  });

  // At once: each is a process that takes one core.
  test.concurrent.each(ALERT_TESTS)('passes %s', { timeout: 20_000 }, async (path) => {
    expect(await promtool('test', 'rules', path)).toContain('SUCCESS');
  });
});
