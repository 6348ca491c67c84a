import { expectation, runLines } from './beat-lines.ts';
import { type Beat, beatsOf, paragraphsOf } from './beats.ts';
import type { View } from './entry.ts';
import { literal } from './literal.ts';
import { changedFields, type FieldName } from './policy-fields.ts';
import type { Run } from './run.ts';
import type { Scenario } from './scenario.ts';
import { testTitle } from './test-title.ts';

/** Name of the file that the test is downloaded as. */
export const TEST_FILE = 'circuit-breaker.test.ts';

/**
 * The sequence as a vitest test, which runs as it is where treasury-breaker, xstate and vitest are installed. After each
 * step it looks at the state and all counts, so that what changed nothing is seen to have changed nothing.
 *
 * @param run what the scenario came to
 */
export function testText(scenario: Scenario, run: Pick<Run, 'start' | 'entries'>): string {
  const { start, entries } = run;
  const beats = beatsOf(entries);
  const asks = beats.some(({ sent }) => sent?.type === 'PERMIT');
  return `import { circuitBreakerMachine } from 'treasury-breaker/machines';
import { expect, test } from 'vitest';
import { createActor, ${asks ? 'fromCallback, ' : ''}SimulatedClock } from 'xstate';

test(${literal(testTitle(entries))}, () => {
  const clock = new SimulatedClock();
${actorLines(scenario)}
  const seen = () => {
    const { value, context } = breaker.getSnapshot();
    const { failures, successes, generation, probesInFlight } = context;
    return { state: value, failures, successes, generation, probes: probesInFlight };
  };
${asks ? ASKER : ''}
${body(beats, start)}
});
`;
}

const ASKER = `  const answers: unknown[] = [];
  const asker = createActor(fromCallback(({ receive }) => receive((answer) => answers.push(answer)))).start();
`;

function actorLines({ policy, draw }: Scenario): string {
  const changed = changedFields(policy);
  if (changed.size === 0) return '  const breaker = createActor(circuitBreakerMachine, { clock }).start();';
  const lines = [`  const policy = ${literal(nested(changed))};`];
  // Without jitter nothing is drawn.
  const draws = policy.openBackoff.jitter > 0;
  if (draws) lines.push(`  const random = () => ${literal(draw)};`);
  const input = draws ? '{ policy, random }' : '{ policy }';
  lines.push(`  const breaker = createActor(circuitBreakerMachine, { clock, input: ${input} }).start();`);
  return lines.join('\n');
}

function nested(fields: ReadonlyMap<FieldName, number>): object {
  const backoff = [...fields].flatMap(([name, value]) =>
    name.startsWith('openBackoff.') ? [[name.slice('openBackoff.'.length), value] as const] : [],
  );
  const plain = [...fields].filter(([name]) => !name.startsWith('openBackoff.'));
  return {
    ...Object.fromEntries(plain),
    ...(backoff.length > 0 && { openBackoff: Object.fromEntries(backoff) }),
  };
}

function body(beats: readonly Beat[], start: View): string {
  if (beats.length === 0) return expectation(start).join('\n');
  return paragraphsOf(beats)
    .map((paragraph) => paragraph.flatMap(runLines).join('\n'))
    .join('\n\n');
}
