import type { Reporter, TestModule } from 'vitest/node';

/** A suite that is skipped for want of something says so in its name. */
const REASON = /\(skipped: .*\)/;

/**
 * Ends a run with one line that any machine can read: `Tests: N passed, N failed, N skipped`. Before it, what was skipped
 * and why, which vitest shows of a single file only.
 */
// biome-ignore lint/style/noDefaultExport: vitest loads a reporter by its default export
export default class PlainSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const skipped = new Set<string>();
    for (const module of modules) {
      if (module.errors().length > 0) counts.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        const [suite = ''] = test.fullName.split(' > ');
        if (state === 'skipped' && REASON.test(suite)) skipped.add(suite);
        counts[state === 'pending' ? 'failed' : state] += 1;
      }
    }
    for (const suite of skipped) process.stdout.write(`\n${suite}\n`);
    process.stdout.write(
      `\nTests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`,
    );
  }
}
