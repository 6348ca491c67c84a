import type { Beat, BeatRun, RisingCount } from './beats.ts';
import type { View } from './entry.ts';
import { literal } from './literal.ts';

/** Fewer beats are shorter one by one. */
const SHORTEST_LOOP = 3;
/** More numbers are no list that anybody reads. */
const LONGEST_LIST = 6;

/** Lines of a test for beats that do the same: a loop, or one after the other. */
export function runLines({ beats, rising }: BeatRun): readonly string[] {
  const [first] = beats;
  return first === undefined || rising === undefined || beats.length < SHORTEST_LOOP
    ? beats.flatMap(beatLines)
    : loopLines(beats, rising, first);
}

function loopLines(beats: readonly Beat[], rising: RisingCount, first: Beat): readonly string[] {
  const values = beats.map(({ after }) => after[rising]);
  const [from, to] = [first.after[rising], first.after[rising] + beats.length - 1];
  const head =
    values.length <= LONGEST_LIST
      ? `const ${rising} of [${values.join(', ')}]`
      : `let ${rising} = ${literal(from)}; ${rising} <= ${literal(to)}; ${rising} += 1`;
  return [
    `  for (${head}) {`,
    ...[actLine(first), expectation(first.after, rising)].map((line) => `  ${line}`),
    '  }',
  ];
}

function beatLines(beat: Beat): readonly string[] {
  const comment = commentOf(beat);
  return [
    ...(comment === undefined ? [] : [`  // ${comment}`]),
    actLine(beat),
    ...(beat.answer === undefined ? [] : [`  expect(answers.pop()).toEqual(${literal(beat.answer)});`]),
    expectation(beat.after),
  ];
}

function actLine({ sent, passedMs }: Beat): string {
  if (sent === undefined) return `  clock.increment(${literal(passedMs)});`;
  const fields = literal(sent);
  return `  breaker.send(${sent.type === 'PERMIT' ? fields.replace(/ \}$/, ', replyTo: asker }') : fields});`;
}

/** What the line itself does not say. */
function commentOf({ refusal, timers, before, after }: Beat): string | undefined {
  if (refusal !== undefined) return sentence(refusal);
  const aged = before.failures - after.failures;
  if (timers.includes('FAILURE_AGED')) {
    return aged === 1 ? 'A failure is as old as the window.' : `${aged} failures are as old as the window.`;
  }
  return timers.includes('PROBE_TIMED_OUT') ? 'Nobody has settled a probe in time.' : undefined;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** @param rising a count that is a variable of this name */
export function expectation(
  {
    state,
    failures,
    successes,
    generation,
    probes,
  }: Pick<View, 'state' | 'probes' | 'generation' | RisingCount>,
  rising?: RisingCount,
): string {
  const fields = Object.entries({ state, failures, successes, generation, probes }).map(([name, value]) =>
    name === rising ? name : `${name}: ${literal(value)}`,
  );
  return `  expect(seen()).toEqual({ ${fields.join(', ')} });`;
}
