import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { allowList, Projection } from '../../src/inspect/allow-list.ts';

const show = (value: object, ...paths: readonly string[]) => new Projection().fields(value, allowList(paths));

/** An object on the way to which every step is another one. */
const deep = (depth: number): object => (depth === 0 ? { end: 1 } : { next: deep(depth - 1) });

describe('a path', () => {
  const rows = [
    { id: 'a', secret: 's' },
    { id: 'b', secret: 's', tags: ['x', 'y'] },
  ];
  const value = { failures: 3, lease: { owner: 'me', fence: 7n, key: 's' }, rows, matrix: [[1, 2], [3]] };

  test.each([
    ['failures', { failures: 3 }],
    ['lease.fence', { lease: { fence: '7' } }],
    ['lease', { lease: '{…}' }],
    ['lease.*', { lease: { owner: 'me', fence: '7', key: 's' } }],
    ['lease.nothing', { lease: '{…}' }],
    ['nothing', {}],
    ['rows', { rows: 'list of 2' }],
    ['rows[]', { rows: ['{…}', '{…}'] }],
    ['rows[].id', { rows: [{ id: 'a' }, { id: 'b' }] }],
    ['rows[].tags[]', { rows: ['{…}', { tags: ['x', 'y'] }] }],
    ['rows[].tags', { rows: ['{…}', { tags: 'list of 2' }] }],
    ['rows.id', { rows: 'list of 2' }],
    ['matrix[][]', { matrix: [[1, 2], [3]] }],
    ['matrix.*', { matrix: [[1, 2], [3]] }],
  ])('%s shows just what it names', (path, shown) => {
    expect(show(value, path)).toEqual(shown);
  });

  test('* shows everything', () => {
    expect(show(value, '*')).toEqual({ ...value, lease: { ...value.lease, fence: '7' } });
  });

  test.each([
    [['lease.owner', '*']],
    [['*', 'lease.owner']],
    [['lease.*', 'lease.owner']],
    [['lease.owner', 'lease.*']],
  ])('%j adds up to the wider one', (paths) => {
    expect(show(value, ...paths)['lease']).toEqual({ owner: 'me', fence: '7', key: 's' });
  });

  test('into a field does not let a plain value pass in its place', () => {
    for (const a of ['s', 1, true, 1n, Symbol('s'), () => 's']) expect(show({ a }, 'a.b')).toEqual({});
    for (const a of [['s'], { c: 's' }, new Map([['b', 's']]), new Date()]) {
      expect(JSON.stringify(show({ a }, 'a.b'))).not.toContain('"s"');
    }
    expect(show({ a: ['s'] }, 'a[].b')).toEqual({ a: [null] });
  });

  test('does not follow a prototype', () => {
    const inherited = Object.create({ secret: 's' });
    expect(show({ a: inherited }, 'a.secret', 'a.constructor', 'a.toString', 'constructor.name')).toEqual({
      a: '{…}',
    });
  });

  test.each([
    ['*.id'],
    ['rows.*.id'],
    ['rows[0].id'],
    ['rows[*].id'],
    ['a..b'],
    ['.a'],
    ['a.'],
    [''],
    ['a*'],
    ['a[]b'],
    ['**'],
  ])('that is none (%j) is refused, since it would be read as more than was meant', (path) => {
    expect(() => allowList([path])).toThrow(RangeError);
    expect(() => allowList([path])).toThrow(JSON.stringify(path));
  });
});

describe('a value', () => {
  test.each([
    ['a bigint', 12345678901234567890n, '12345678901234567890'],
    ['NaN', Number.NaN, 'NaN'],
    ['infinity', Number.NEGATIVE_INFINITY, '-Infinity'],
    ['null', null, null],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['a date that is none', new Date(Number.NaN), '{…}'],
    ['an error', new TypeError('no', { cause: 'hidden' }), { name: 'TypeError', message: 'no' }],
    ['a map', new Map([['a', 's']]), '{…}'],
    ['a set', new Set(['s']), '{…}'],
    ['bytes', new Uint8Array(1_000_000), '1000000 bytes'],
    ['a promise', Promise.resolve('s'), '{…}'],
    ['an empty object', {}, {}],
    ['an empty list', [], []],
    ['an actor', createActor(createMachine({ context: { token: 's' } })), '{…}'],
    ['a huge number', 1n << 100_000n, 'a number of more than 4096 bits'],
  ])('like %s is shown as plain JSON', (_name, a, shown) => {
    expect(show({ a }, '*')).toEqual({ a: shown });
  });

  test('that JSON does not know is left out', () => {
    expect(show({ a: undefined, b: () => 1, c: Symbol('s') }, '*', 'a', 'b', 'c')).toEqual({});
  });

  test('of a class is shown field by field, without its private ones', () => {
    class Money {
      readonly amount = 5;
      readonly #secret = 's';
      get secret() {
        return this.#secret;
      }
    }
    expect(show({ a: new Money() }, '*')).toEqual({ a: { amount: 5 } });
    expect(show({ a: new Money() }, 'a.amount', 'a.secret')).toEqual({ a: { amount: 5 } });
  });

  test('that throws when it is looked at is left out, and the others are shown', () => {
    const mine = {
      get broken() {
        throw new Error('s');
      },
      fine: 1,
    };
    expect(show(mine, '*')).toEqual({ fine: 1 });
    expect(show(mine, 'broken', 'fine')).toEqual({ fine: 1 });
    expect(show({ mine }, '*')).toEqual({ mine: { fine: 1 } });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(show({ proxy, fine: 1 }, '*')).toEqual({ proxy: '{…}', fine: 1 });
    expect(show(proxy, '*')).toEqual({});
    const error = Object.defineProperty(new Error('x'), 'message', {
      get: () => {
        throw new Error('s');
      },
    });
    expect(show({ error }, '*')).toEqual({ error: '{…}' });
  });

  test('called __proto__ is a field like others, and changes no prototype', () => {
    const shown = show(JSON.parse('{"__proto__": {"polluted": 1}, "a": 2}'), '*');
    expect(JSON.stringify(shown)).toBe('{"__proto__":{"polluted":1},"a":2}');
    expect(Object.getPrototypeOf(shown)).toBe(Object.prototype);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(JSON.stringify(show(JSON.parse('{"__proto__": {"a": 1}}'), '__proto__.a'))).toBe(
      '{"__proto__":{"a":1}}',
    );
  });

  test('that holds itself is shown once', () => {
    const cycle: Record<string, unknown> = { a: 1 };
    cycle['self'] = cycle;
    expect(show({ cycle }, '*')).toEqual({ cycle: { a: 1, self: '{…}' } });
    const twice = { a: 1 };
    expect(show({ list: [twice, twice] }, '*')).toEqual({ list: [twice, twice] });
  });
});

describe('what is large', () => {
  test('is cut, and says so', () => {
    const text = show({ a: 'x'.repeat(10_000) }, 'a')['a'] as string;
    expect(text).toBe(`${'x'.repeat(500)}… (10000 characters)`);
    const list = show({ a: Array.from({ length: 60 }, (_, i) => i) }, 'a[]')['a'] as readonly unknown[];
    expect(list).toHaveLength(51);
    expect(list.at(-1)).toBe('… 10 more');
    const wide = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`f${i}`, i]));
    expect(show({ a: wide }, 'a.*')['a']).toMatchObject({ f49: 49, '…': '10 more' });
    expect(JSON.stringify(show(deep(20), '*')).match(/next/g)).toHaveLength(9);
  });

  test('stays small as a whole, however a graph hangs together', () => {
    // 30 objects, each of which holds all 30: 30^8 ways through it.
    const nodes: Record<string, unknown>[] = Array.from({ length: 30 }, () => ({}));
    for (const node of nodes) for (const [i, other] of nodes.entries()) node[`n${i}`] = other;
    expect(JSON.stringify(show({ nodes }, '*')).length).toBeLessThan(100_000);
    const fields = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`f${i}`, i]));
    expect(Object.keys(show(fields, '*'))).toHaveLength(200);
  });
});

describe('a secret', () => {
  const secret = 'correct-horse-battery';
  const text = (value: string) => new Projection([secret]).text(value);

  test('is starred wherever it stands', () => {
    expect(text(`Bearer ${secret}, again ${secret}`)).toBe('Bearer ***, again ***');
    const shown = new Projection([secret]).fields({ [secret]: { [secret]: secret } }, allowList(['*']));
    expect(JSON.stringify(shown)).toBe('{"***":{"***":"***"}}');
  });

  test('is not shown in part where a long text is cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_950, max: 2_010 }), fc.integer({ min: 0, max: 99 }), (at, times) => {
        // What is starred before shortens the text, so that the cut comes into view.
        const long = secret.repeat(times).padEnd(at, '.') + secret + '.'.repeat(600);
        expect(text(long)).not.toContain(secret.slice(0, 4));
      }),
    );
    expect(text(secret.repeat(200))).not.toContain('corr');
  });

  test.each([
    ['https://user:pass@host/path', 'https://***@host/path'],
    ['https://u:p@ss@host', 'https://***@host'],
    [`postgres://u:${'p'.repeat(300)}@host`, 'postgres://***@host'],
    ['a https://u:p@h, b wss://t@h', 'a https://***@h, b wss://***@h'],
    ['mail me@example.com', 'mail me@example.com'],
  ])('in a URL is starred: %s', (given, shown) => {
    expect(text(given)).toBe(shown);
  });

  test('in a URL is not shown where a long text is cut in it', () => {
    const long = `${'x'.repeat(5)}${secret.repeat(94)}https://user:hunter2${'p'.repeat(900)}@host`;
    expect(text(long)).not.toContain('hunter2');
  });
});

describe('whatever is shown of whatever', () => {
  const SENTINEL = 'sentinel-7f3a';
  const NAMES = ['a', 'b', 'c', 'id', '__proto__', 'toString'];
  const name = fc.constantFrom(...NAMES);
  const path = fc
    .array(fc.tuple(name, fc.constantFrom('', '', '[]')), { minLength: 1, maxLength: 4 })
    .map((words) => words.map(([word, list]) => word + list).join('.'));

  /** Objects and lists of objects; plain values are put in by the test. */
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.constant('leaf'),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.array(fc.tuple(name, tie('tree')), { maxLength: 4 }).map((entries) => {
        const made = {};
        for (const [key, value] of entries) {
          Object.defineProperty(made, key, { value, enumerable: true, configurable: true, writable: true });
        }
        return made;
      }),
    ),
  }));

  /** An independent reading of the rules: is the plain value at this way let through? */
  const isAllowed = (way: readonly string[], paths: readonly string[]) => {
    const here = way.join('.').replaceAll('.[]', '[]');
    return paths.some((allowed) => allowed === here);
  };

  const plant = (value: unknown, way: readonly string[], paths: readonly string[]): unknown => {
    if (Array.isArray(value)) return value.map((item) => plant(item, [...way, '[]'], paths));
    if (typeof value === 'object' && value !== null) {
      const made = {};
      for (const [key, inner] of Object.entries(value)) {
        const planted = plant(inner, [...way, key], paths);
        Object.defineProperty(made, key, { value: planted, enumerable: true, configurable: true });
      }
      return made;
    }
    return isAllowed(way, paths) ? 'public' : SENTINEL;
  };

  test('nothing that is on no list passes, and what is on one does', () => {
    fc.assert(
      fc.property(fc.dictionary(name, tree), fc.array(path, { maxLength: 5 }), (value, paths) => {
        const planted = plant(value, [], paths) as object;
        const shown = JSON.stringify(new Projection().fields(planted, allowList(paths)));
        expect(shown).not.toContain(SENTINEL);
        const publics = JSON.stringify(planted).split('"public"').length;
        expect(shown.split('"public"').length).toBe(publics);
      }),
      { numRuns: 2_000 },
    );
  });

  test('it never throws, and gives plain JSON', () => {
    fc.assert(
      fc.property(
        fc.object({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
        fc.array(fc.oneof(path, fc.constant('*'))),
        (value, paths) => {
          const shown = new Projection().fields(value, allowList(paths));
          expect(JSON.parse(JSON.stringify(shown))).toEqual(shown);
        },
      ),
      { examples: [[{ size: -0 }, ['*']]] },
    );
  });
});
