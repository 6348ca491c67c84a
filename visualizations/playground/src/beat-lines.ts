import type { Beat, BeatRun, RisingCount } from './beats.ts';
import type { View } from './entry.ts';
import { fieldLiterals, literal } from './literal.ts';

/** Fewer beats are shorter one by one. */
const SHORTEST_LOOP = 3;
/** More numbers are no list that anybody reads. */
const LONGEST_LIST = 6;

/** Where formatters break a line. */
const WIDTH = 110;

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
  const lines = [...actLines(first), ...expectation(first.after, rising)];
  return [`  for (${head}) {`, ...lines.map((line) => `  ${line}`), '  }'];
}

function beatLines(beat: Beat): readonly string[] {
  const comment = commentOf(beat);
  const { answer } = beat;
  return [
    ...(comment === undefined ? [] : [`  // ${comment}`]),
    ...actLines(beat),
    ...(answer === undefined ? [] : callLines('expect(answers.pop()).toEqual', fieldLiterals(answer))),
    ...expectation(beat.after),
  ];
}

function actLines({ sent, passedMs }: Beat): readonly string[] {
  if (sent === undefined) return [`  clock.increment(${literal(passedMs)});`];
  const fields = fieldLiterals(sent);
  return callLines('breaker.send', sent.type === 'PERMIT' ? [...fields, 'replyTo: asker'] : fields);
}

/** A call with an object, on one line where there is room for it. */
function callLines(callee: string, fields: readonly string[]): readonly string[] {
  const line = `  ${callee}({ ${fields.join(', ')} });`;
  return line.length <= WIDTH
    ? [line]
    : [`  ${callee}({`, ...fields.map((field) => `    ${field},`), '  });'];
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
): readonly string[] {
  const fields = fieldLiterals({ state, failures, successes, generation, probes });
  return callLines(
    'expect(seen()).toEqual',
    fields.map((field) => (rising !== undefined && field.startsWith(`${rising}:`) ? rising : field)),
  );
}
