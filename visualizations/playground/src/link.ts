import { changedFields, type FieldName, isFieldName, policyOf } from './policy-fields.ts';
import { checkDraw, DEFAULT_DRAW, type Scenario } from './scenario.ts';
import { checkStep, MOST_STEPS, OUTCOMES, type Step } from './step.ts';

/**
 * The part of the page's address behind `#` that a scenario is written in, such as
 * `v=1&failureThreshold=2&PERMIT=p1&FAILURE&FAILURE&wait=60000&SUCCESS=permit.p1`: first what differs from the default
 * settings, then every step in its order.
 */
const VERSION = '1';

/** Every legal scenario is shorter: 500 reasons of 80 characters, each of which takes 9 when it is encoded. */
export const LONGEST_HASH = 400_000;

/** A link that cannot be opened; the message says what is wrong with it. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
}

/** The text behind `#`, without that. */
export function writeHash({ policy, draw, steps }: Scenario): string {
  const words = new URLSearchParams({ v: VERSION });
  for (const [name, value] of changedFields(policy)) words.append(name, String(value));
  if (draw !== DEFAULT_DRAW) words.append('draw', String(draw));
  for (const step of steps) words.append(step.type, valueText(step));
  // A word without a value needs no `=`.
  return words.toString().replaceAll(/=(?=&|$)/g, '');
}

/**
 * All of a scenario, or nothing.
 *
 * @throws LinkError when any of it is not as {@link writeHash} writes it, or is out of its bounds
 */
export function readHash(hash: string): Scenario {
  if (hash.length > LONGEST_HASH) throw new LinkError(`it is longer than ${LONGEST_HASH} characters`);
  const [version, ...words] = new URLSearchParams(hash);
  if (version?.[0] !== 'v') throw new LinkError('it does not begin with the version, v=1');
  if (version[1] !== VERSION)
    throw new LinkError(`its version is ${quoted(version[1])}, and this page knows v=1`);
  const fields = new Map<FieldName, number>();
  const steps: Step[] = [];
  let draw: number | undefined;
  for (const [name, value] of words) {
    const isSetting = name === 'draw' || isFieldName(name);
    if (isSetting && steps.length > 0) throw new LinkError(`${name} comes after a step`);
    if (name === 'draw' ? draw !== undefined : isFieldName(name) && fields.has(name)) {
      throw new LinkError(`${name} is there twice`);
    }
    if (name === 'draw') draw = numberIn(name, value);
    else if (isFieldName(name)) fields.set(name, numberIn(name, value));
    else steps.push(readStep(name, value));
    if (steps.length > MOST_STEPS) throw new LinkError(`it has more than ${MOST_STEPS} steps`);
  }
  return asLink(() => ({ policy: policyOf(fields), draw: checkDraw(draw ?? DEFAULT_DRAW), steps }));
}

function valueText(step: Step): string {
  if (step.type === 'wait') return String(step.ms);
  if (step.type === 'PERMIT') return step.id ?? '';
  if ('reason' in step) return step.reason ?? '';
  if ('generation' in step) return `generation.${step.generation}`;
  return 'permit' in step ? `permit.${step.permit}` : '';
}

function readStep(name: string, value: string): Step {
  const step = stepOf(name, value);
  if (step === undefined) throw new LinkError(`it has no step or setting called ${quoted(name)}`);
  return asLink(() => checkStep(step));
}

function stepOf(name: string, value: string): Step | undefined {
  if (name === 'wait') return { type: 'wait', ms: numberIn(name, value) };
  if (name === 'PERMIT') return value === '' ? { type: name } : { type: name, id: value };
  if (name === 'ISOLATE' || name === 'RESET')
    return value === '' ? { type: name } : { type: name, reason: value };
  const type = OUTCOMES.find((outcome) => outcome === name);
  if (type === undefined || value === '') return type && { type };
  const [, kind, rest = ''] = /^(generation|permit)\.(.*)$/s.exec(value) ?? [];
  if (kind === 'permit') return { type, permit: rest };
  if (kind === 'generation') return { type, generation: numberIn(name, rest) };
  throw new LinkError(`${name} has ${quoted(value)}, which is neither a generation nor a permit`);
}

/** Only as {@link writeHash} writes it: what is not a number, or not quite, is refused. */
function numberIn(name: string, text: string): number {
  const value = Number(text);
  if (text === '' || String(value) !== text)
    throw new LinkError(`${name} has ${quoted(text)}, which is no number`);
  return value;
}

function asLink<Read>(read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw new LinkError(error.message, { cause: error });
    throw error;
  }
}

const quoted = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
