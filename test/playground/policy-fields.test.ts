import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY, resolvePolicy } from '../../machines/policy.ts';
import {
  changedFields,
  FIELD_NAMES,
  type FieldName,
  fieldOf,
  readPolicy,
} from '../../visualizations/playground/src/policy-fields.ts';

const typed = (texts: { readonly [name in FieldName]?: string }) =>
  readPolicy(new Map(Object.entries(texts) as [FieldName, string][]));

test('every field of the policy has a place, those of the backoff too', () => {
  const { openBackoff, ...plain } = DEFAULT_POLICY;
  expect(FIELD_NAMES).toEqual([
    ...Object.keys(plain),
    ...Object.keys(openBackoff).map((name) => `openBackoff.${name}`),
  ]);
  for (const name of FIELD_NAMES) expect(fieldOf(DEFAULT_POLICY, name), name).toBeTypeOf('number');
});

describe('what is typed', () => {
  test('is the policy; what is left empty is the default', () => {
    expect(
      typed({
        failureThreshold: ' 3 ',
        openTimeoutMs: '1_500',
        successThreshold: '',
        'openBackoff.factor': '1.5',
      }),
    ).toEqual({
      policy: resolvePolicy({ failureThreshold: 3, openTimeoutMs: 1_500, openBackoff: { factor: 1.5 } }),
    });
  });

  test('and wrong is told in the words of the machine, at each field', () => {
    expect(
      typed({ failureThreshold: '0', openTimeoutMs: 'soon', 'openBackoff.jitter': '1', probeTimeoutMs: '5' }),
    ).toEqual({
      errors: new Map([
        ['failureThreshold', 'failureThreshold must be an integer of at least 1, got 0'],
        ['openTimeoutMs', 'openTimeoutMs must be milliseconds from 1 to 2147483647, got "soon"'],
        ['openBackoff.jitter', 'openBackoff.jitter must be a number from 0 to below 1, got 1'],
      ]),
    });
  });

  test.each(['1.5', '-1', '0x10', 'Infinity', 'NaN', '1 2', '__1', '٣'])('%s is no threshold', (text) => {
    expect(typed({ failureThreshold: text })).toMatchObject({ errors: expect.any(Map) });
  });
});

test('only what differs from the default is changed', () => {
  expect(changedFields(DEFAULT_POLICY).size).toBe(0);
  expect([...changedFields(resolvePolicy({ failureThreshold: 5, openBackoff: { maxMs: 1 } }))]).toEqual([
    ['openBackoff.maxMs', 1],
  ]);
});
