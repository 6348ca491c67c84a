import {
  type CircuitBreakerConfig,
  type CircuitBreakerPolicy,
  DEFAULT_POLICY,
  type OpenBackoff,
  resolvePolicy,
} from '../../../machines/policy.ts';

type PlainField = Exclude<keyof CircuitBreakerPolicy, 'openBackoff'>;
type BackoffField = keyof OpenBackoff;

/** Name of a field as the machine's own messages call it. */
export type FieldName = PlainField | `openBackoff.${BackoffField}`;

/** All fields, in the order in which the machine documents them. */
export const FIELD_NAMES: readonly FieldName[] = [
  ...(Object.keys(DEFAULT_POLICY) as (keyof CircuitBreakerPolicy)[]).filter((name) => name !== 'openBackoff'),
  ...(Object.keys(DEFAULT_POLICY.openBackoff) as BackoffField[]).map(
    (name) => `openBackoff.${name}` as const,
  ),
];

export const isFieldName = (name: string): name is FieldName => FIELD_NAMES.some((field) => field === name);

const BACKOFF = 'openBackoff.';
const isBackoff = (name: FieldName): name is `openBackoff.${BackoffField}` => name.startsWith(BACKOFF);

export function fieldOf(policy: CircuitBreakerPolicy, name: FieldName): number {
  return isBackoff(name)
    ? policy.openBackoff[name.slice(BACKOFF.length) as BackoffField]
    : policy[name as PlainField];
}

/** @throws RangeError of the machine when a value is out of its bounds */
export function policyOf(values: ReadonlyMap<FieldName, unknown>): CircuitBreakerPolicy {
  const plain = [...values].filter(([name]) => !isBackoff(name));
  const backoff = [...values].filter(([name]) => isBackoff(name));
  // The machine checks every value: what was typed may be anything.
  return resolvePolicy({
    ...Object.fromEntries(plain),
    openBackoff: Object.fromEntries(backoff.map(([name, value]) => [name.slice(BACKOFF.length), value])),
  } as CircuitBreakerConfig);
}

/** The fields that differ from the default, by name. */
export const changedFields = (policy: CircuitBreakerPolicy): ReadonlyMap<FieldName, number> =>
  new Map(
    FIELD_NAMES.map((name) => [name, fieldOf(policy, name)] as const).filter(
      ([name, value]) => value !== fieldOf(DEFAULT_POLICY, name),
    ),
  );

export type ReadPolicy =
  | { readonly policy: CircuitBreakerPolicy }
  /** The machine's own message for each field that is wrong. */
  | { readonly errors: ReadonlyMap<FieldName, string> };

/** Reads what was typed into the fields; an empty one is the default. */
export function readPolicy(texts: ReadonlyMap<FieldName, string>): ReadPolicy {
  const values = new Map<FieldName, unknown>();
  const errors = new Map<FieldName, string>();
  for (const [name, text] of texts) {
    if (text.trim() === '') continue;
    const value = numberOf(text);
    try {
      policyOf(new Map([[name, value]]));
      values.set(name, value);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      errors.set(name, error.message);
    }
  }
  return errors.size > 0 ? { errors } : { policy: policyOf(values) };
}

/** A number as people write it, `60_000` too; anything else as it is, so that the machine's message shows it. */
function numberOf(text: string): number | string {
  const trimmed = text.trim();
  return /^-?(\d[\d_]*)(\.\d+)?(e\d+)?$/i.test(trimmed) ? Number(trimmed.replaceAll('_', '')) : trimmed;
}
