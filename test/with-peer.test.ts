import { describe, expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { withPeer } from '../src/entries/with-peer.ts';

const notFound = (message: string) => Object.assign(new Error(message), { code: 'ERR_MODULE_NOT_FOUND' });
const load = (error: unknown) => withPeer('store/sqlite', ['kysely'], () => Promise.reject(error));

describe('a subpath whose package is optional', () => {
  test.each(
    Object.entries(packageJson.exports).flatMap(([subpath, target]) => {
      if (typeof target === 'string' || !target.default.includes('/entries/')) return [];
      const source = (path: string) => path.replace('./dist/', '../').replace(/\.(d\.ts|js)$/, '.ts');
      return [[subpath, source(target.default), source(target.types)]] as const;
    }),
  )('%s gives all that its types tell of', async (_, entry, module) => {
    const [given, told] = [await import(entry), await import(module)];
    expect(Object.keys(given).toSorted()).toEqual(Object.keys(told).toSorted());
    for (const name of Object.keys(told)) expect(given[name], name).toBe(told[name]);
  });
});

describe('a part that needs an optional package', () => {
  test('is what it loads', async () => {
    expect(await withPeer('testing', ['@xstate/graph'], async () => 'the part')).toBe('the part');
  });

  test.each(["Cannot find package 'kysely' imported from /x.js", "Cannot find module 'kysely/migration'"])(
    'names the package and the command: %s',
    async (message) => {
      const cause = notFound(message);
      await expect(load(cause)).rejects.toMatchObject({
        message: 'treasury-breaker/store/sqlite needs kysely, which is not installed: npm install kysely',
        cause,
      });
    },
  );

  test.each([
    notFound("Cannot find package 'kysely-extras' imported from /x.js"),
    notFound("Cannot find module '/dist/store/rows.js'"),
    new Error("kysely: Cannot find package 'kysely'"),
    'kysely',
    undefined,
  ])('passes on what is something else: %s', async (error) => {
    await expect(load(error)).rejects.toBe(error);
  });
});
