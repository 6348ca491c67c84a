import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createDrillReport } from '../../../src/cli/drill/report.ts';
import {
  assertPassed,
  type DrillFailedError,
  type DrillStep,
  type Finding,
  runSteps,
} from '../../../src/cli/drill/steps.ts';
import { Output, type OutputStream } from '../../../src/cli/output.ts';

const SEEN: Finding = { evidence: { seen: 1, rows: { queued: 2, paid: 3 }, gone: null }, problems: [] };
const MISSED: Finding = { evidence: { seen: 0 }, problems: ['it did not come'], isReached: false };
const WRONG: Finding = { evidence: { seen: 2 }, problems: ['seen is 2, expected 1', 'and more'] };

const step = (
  name: string,
  needs: readonly string[],
  finding: Finding | Error,
  todo?: string,
): DrillStep => ({
  ...{ name, needs, title: `title of ${name}`, ...(todo !== undefined && { todo }) },
  run: async () => {
    if (finding instanceof Error) throw finding;
    return finding;
  },
});

/** Runs the steps, and gives their verdicts and everything that was written. */
async function run(
  steps: readonly DrillStep[],
  { json = false, stop = new AbortController().signal, terminal = {} } = {},
) {
  let text = '';
  const stream: OutputStream = Object.assign(
    new Writable({
      decodeStrings: false,
      write: (chunk, _encoding, done) => {
        text += chunk;
        done();
      },
    }),
    terminal,
  );
  const report = createDrillReport(new Output(stream), { json });
  const results = await runSteps(steps, report, stop);
  await report.close(results);
  return { results, text, verdicts: results.map(({ name, verdict }) => `${name} ${verdict}`) };
}

const failureOf = (results: Parameters<typeof assertPassed>[0]): string | undefined => {
  try {
    assertPassed(results);
    return undefined;
  } catch (error) {
    return (error as DrillFailedError).message;
  }
};

describe('the steps of a drill', () => {
  test('pass', async () => {
    const { results, verdicts } = await run([step('a', [], SEEN), step('b', ['a'], SEEN)]);
    expect(verdicts).toEqual(['a ok', 'b ok']);
    expect(failureOf(results)).toBeUndefined();
  });

  test('one that shows what it should not hides nothing of those behind it', async () => {
    const { results, verdicts } = await run([step('a', [], WRONG), step('b', ['a'], SEEN)]);
    expect(verdicts).toEqual(['a failed', 'b ok']);
    expect(failureOf(results)).toBe('drill failed: step 1 of 2 (title of a): seen is 2, expected 1');
  });

  test('without what they need they are not reached, and the others are', async () => {
    const { verdicts } = await run([
      step('a', [], SEEN),
      step('b', ['a'], MISSED),
      step('c', ['b'], SEEN),
      step('d', ['c'], SEEN),
      step('e', ['a'], SEEN),
    ]);
    expect(verdicts).toEqual(['a ok', 'b failed', 'c notReached', 'd notReached', 'e ok']);
  });

  test('one that throws has failed', async () => {
    const { results, verdicts } = await run([step('a', [], new Error('no answer')), step('b', ['a'], SEEN)]);
    expect(verdicts).toEqual(['a failed', 'b notReached']);
    expect(failureOf(results)).toBe('drill failed: step 1 of 2 (title of a): no answer');
  });

  test('a signal ends them without a verdict', async () => {
    const stop = new AbortController();
    const stopping: DrillStep = {
      ...step('b', [], MISSED),
      run: async () => {
        stop.abort();
        return MISSED;
      },
    };
    const steps = [step('a', [], SEEN), stopping, step('c', [], SEEN)];
    await expect(run(steps, { stop: stop.signal })).rejects.toMatchObject({
      name: 'NotFinishedError',
      message: 'the drill was stopped in step 2 of 3 (title of b): it has no verdict',
    });
  });
});

describe('the report', () => {
  const steps = [step('a', [], SEEN, 'do it now'), step('b', ['a'], WRONG), step('c', ['x'], SEEN)];
  const column = (name: string, value: string): string => `    ${name.padEnd(34)}  ${value}`;

  test('tells each step with what it has seen, and the verdict', async () => {
    const { text } = await run(steps);
    expect(text.replaceAll(/\d+\.\d s/g, 'N s').split('\n')).toEqual([
      '==> do it now',
      '1. title of a: ok, N s',
      column('seen', '1'),
      column('rows', '2 queued, 3 paid'),
      column('gone', 'absent'),
      '2. title of b: FAILED, N s',
      column('seen', '2'),
      '    ! seen is 2, expected 1',
      '    ! and more',
      '3. title of c: not reached',
      '',
      'drill failed: 1 of 3 steps passed, 1 failed, 1 not reached, N s',
      '',
    ]);
  });

  test('of a drill that passed ends so', async () => {
    const { text } = await run([step('a', [], SEEN)]);
    expect(text).toMatch(/\ndrill passed: 1 of 1 steps, \d+\.\d s\n$/);
  });

  test('shows a step that goes on, on a terminal, in no more than a line', async () => {
    const { text } = await run([step('a', [], SEEN)], { terminal: { isTTY: true, columns: 12 } });
    expect(text.startsWith('1. title of\r\u001b[2K1. title of a: ok')).toBe(true);
  });

  test('holds nothing that a terminal obeys', async () => {
    const evil: Finding = { evidence: { '\u001b[31m': '\u001b[2J' }, problems: ['\r'] };
    const { text } = await run([step('a', [], evil, '\u0007')]);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  test('is one object a line for scripts', async () => {
    const { text } = await run(steps, { json: true });
    const objects = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(objects).toEqual([
      { step: 1, name: 'a', todo: 'do it now' },
      {
        ...{ step: 1, name: 'a', title: 'title of a', verdict: 'ok', problems: [] },
        evidence: { seen: 1, rows: { queued: 2, paid: 3 }, gone: null },
        durationMs: expect.any(Number),
      },
      expect.objectContaining({ step: 2, verdict: 'failed', problems: WRONG.problems }),
      expect.objectContaining({ step: 3, verdict: 'notReached', evidence: {} }),
      { summary: { verdict: 'failed', ok: 1, failed: 1, notReached: 1, durationMs: expect.any(Number) } },
    ]);
  });
});
