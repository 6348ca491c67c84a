import { describe, expect, it } from 'vitest';
import { createCircuitBreaker, DEFAULT_POLICY, resolvePolicy } from '../../src/index.ts';

const LONGEST = 2 ** 31 - 1;
const COUNTS = ['failureThreshold', 'successThreshold', 'halfOpenMaxProbes'] as const;
const DELAYS = ['openTimeoutMs', 'failureWindowMs', 'probeTimeoutMs'] as const;

/** A configuration that the types would not allow. */
const wrong = (fields: object) => () => createCircuitBreaker({ policy: fields as never });
const right = (fields: object) => createCircuitBreaker({ policy: fields }).policy;

describe('the default policy', () => {
  it('is that of the contract', () => {
    expect(DEFAULT_POLICY).toEqual({
      failureThreshold: 5,
      successThreshold: 2,
      openTimeoutMs: 60_000,
      failureWindowMs: 300_000,
      halfOpenMaxProbes: 1,
      probeTimeoutMs: 30_000,
      openBackoff: { factor: 1, maxMs: 600_000, jitter: 0 },
    });
  });

  it.each([undefined, {}, { failureThreshold: undefined, openBackoff: undefined }])('fills %j', (given) => {
    expect(resolvePolicy(given as never)).toEqual(DEFAULT_POLICY);
  });

  it('cannot be changed', () => {
    for (const policy of [DEFAULT_POLICY, resolvePolicy({ failureThreshold: 2 })]) {
      expect(Object.isFrozen(policy)).toBe(true);
      expect(Object.isFrozen(policy.openBackoff)).toBe(true);
    }
  });

  it('fills a partial backoff', () => {
    expect(right({ openBackoff: { factor: 2 } }).openBackoff).toEqual({
      factor: 2,
      maxMs: 600_000,
      jitter: 0,
    });
  });
});

describe('a count', () => {
  it.each(COUNTS)('%s may be 1', (field) => expect(right({ [field]: 1 })[field]).toBe(1));

  for (const field of COUNTS) {
    it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null, true, 5n])(
      `${field} may not be %s`,
      (value) => {
        expect(wrong({ [field]: value })).toThrow(RangeError);
        expect(wrong({ [field]: value })).toThrow(new RegExp(`^${field} must .*got "?${value}"?$`));
      },
    );
  }
});

describe('a delay', () => {
  it.each(DELAYS)('%s may be 1 ms and 2^31-1 ms', (field) => {
    expect(right({ [field]: 1 })[field]).toBe(1);
    expect(right({ [field]: LONGEST })[field]).toBe(LONGEST);
  });

  for (const field of DELAYS) {
    it.each([0, 0.9, -1, LONGEST + 1, Number.NaN, Number.POSITIVE_INFINITY, '60s', null])(
      `${field} may not be %s`,
      (value) => {
        expect(wrong({ [field]: value })).toThrow(RangeError);
        expect(wrong({ [field]: value })).toThrow(new RegExp(`^${field} must .*got "?${value}"?$`));
      },
    );
  }
});

describe('the backoff', () => {
  it.each([
    ['factor', 1],
    ['maxMs', 1],
    ['maxMs', LONGEST],
    ['jitter', 0],
    ['jitter', 0.99],
  ] as const)('%s may be %s', (field, value) => {
    expect(right({ openBackoff: { [field]: value } }).openBackoff[field]).toBe(value);
  });

  it.each([
    ['factor', 0.99],
    ['factor', Number.POSITIVE_INFINITY],
    ['factor', Number.NaN],
    ['maxMs', 0],
    ['maxMs', LONGEST + 1],
    ['jitter', -0.1],
    ['jitter', 1],
    ['jitter', '0.5'],
  ])('%s may not be %s', (field, value) => {
    expect(wrong({ openBackoff: { [field]: value } })).toThrow(RangeError);
    expect(wrong({ openBackoff: { [field]: value } })).toThrow(
      new RegExp(`^openBackoff\\.${field} must .*got "?${value}"?$`),
    );
  });
});

describe('what is wrong', () => {
  const cases: readonly [object | null | string, string][] = [
    [{ failureThreshold: 0 }, 'failureThreshold must be an integer of at least 1, got 0'],
    [{ openTimeoutMs: '60s' }, 'openTimeoutMs must be milliseconds from 1 to 2147483647, got "60s"'],
    [{ openBackoff: { factor: 0 } }, 'openBackoff.factor must be a finite number of at least 1, got 0'],
    [{ openBackoff: { jitter: 1 } }, 'openBackoff.jitter must be a number from 0 to below 1, got 1'],
    [{ openBackoff: null }, 'openBackoff must be an object, got null'],
    [null, 'policy must be an object, got null'],
    ['strict', 'policy must be an object, got "strict"'],
    [
      { treshold: 3 },
      'unknown field treshold; known are failureThreshold, successThreshold, openTimeoutMs, failureWindowMs, ' +
        'halfOpenMaxProbes, probeTimeoutMs, openBackoff',
    ],
    [{ openBackoff: { max: 3 } }, 'unknown field openBackoff.max; known are factor, maxMs, jitter'],
  ];

  it.each(cases)('%j is told word for word', (given, message) => {
    expect(() => resolvePolicy(given as never)).toThrow(expect.objectContaining({ message }));
  });
});

describe('a mistake', () => {
  it('in a name is told, with the names there are', () => {
    expect(wrong({ failureTreshold: 3 })).toThrow(TypeError);
    expect(wrong({ failureTreshold: 3 })).toThrow(/failureTreshold.*failureThreshold/);
    expect(wrong({ openBackoff: { max: 3 } })).toThrow(/openBackoff\.max\b.*maxMs/);
  });

  it.each([null, 5, 'strict', [3]])('in kind is told: %j is no policy and no backoff', (value) => {
    expect(wrong(value as never)).toThrow(TypeError);
    expect(wrong({ openBackoff: value })).toThrow(TypeError);
  });
});

describe('a policy that was resolved', () => {
  it('is the same for all who give none', () => {
    expect(resolvePolicy()).toBe(DEFAULT_POLICY);
    expect(resolvePolicy(undefined)).toBe(DEFAULT_POLICY);
    expect(createCircuitBreaker().policy).toBe(DEFAULT_POLICY);
  });

  it('is taken as it is, and frozen', () => {
    const policy = resolvePolicy({ failureThreshold: 3, openBackoff: { factor: 2 } });
    expect(resolvePolicy(policy)).toBe(policy);
    expect(createCircuitBreaker({ policy }).policy).toBe(policy);
    expect(Object.isFrozen(policy) && Object.isFrozen(policy.openBackoff)).toBe(true);
  });

  it('is no memory of the object that it came from', () => {
    const config = { failureThreshold: 3 };
    resolvePolicy(config);
    config.failureThreshold = 4;
    expect(resolvePolicy(config).failureThreshold).toBe(4);
    config.failureThreshold = 0;
    expect(() => resolvePolicy(config)).toThrow(RangeError);
  });
});
