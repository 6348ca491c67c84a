import { describe, expect, test } from 'vitest';
import { type Check, ok, warning } from '../../../src/cli/doctor/check.ts';
import { CHECKS } from '../../../src/cli/doctor/checks.ts';
import { examine } from '../../../src/cli/doctor/examine.ts';
import { findingOf } from '../../../src/cli/doctor/from-error.ts';
import { lineObject, lineText, summaryObject, summaryText } from '../../../src/cli/doctor/report.ts';
import type { DoctorOptions } from '../../../src/cli/doctor/subject.ts';
import { ConfigurationError, StorageError } from '../../../src/errors.ts';
import { collect } from '../../support/collect.ts';

const options: DoctorOptions = {
  ...{ db: '/nowhere/treasury.db', port: 0, confirmations: 12, epochBlocks: 120 },
  ...{ timeout: 1, onInsufficientFunds: 'cancel', checkTimeout: 1 },
};
const check = (name: string, work: Check['examine']): Check => ({ name, examine: work });
const linesOf = (...checks: readonly Check[]) => collect(examine(options, checks));

describe('the checklist', () => {
  test('is told in its order, each finding with the name of its check', async () => {
    const lines = await linesOf(
      check('a', async () => [ok('fine'), warning('odd', 'mend it')]),
      check('b', async () => [ok('fine too')]),
    );
    expect(lines.map((line) => `${line.check} ${line.verdict} ${line.finding}`)).toEqual([
      'a ok fine',
      'a warning odd',
      'b ok fine too',
    ]);
  });

  test('goes on behind a check that throws, or that never ends', async () => {
    let aborted = false;
    const lines = await linesOf(
      check('throws', async () => {
        throw new TypeError('at https://user:secret@host/key');
      }),
      check('hangs', (_subject, { signal }) => {
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        return new Promise(() => {});
      }),
      check('is fine', async () => [ok('fine')]),
    );
    expect(lines).toEqual([
      expect.objectContaining({ verdict: 'failed', finding: 'unexpected TypeError: at https://host/…' }),
      expect.objectContaining({ verdict: 'failed', finding: 'no result within 0.004 s' }),
      expect.objectContaining({ verdict: 'ok' }),
    ]);
    expect(aborted).toBe(true);
  });

  test('has a check for each item', () => {
    const names = CHECKS.map(({ name }) => name);
    expect(names).toEqual([
      ...['configuration', 'key', 'control', 'store', 'store durability', 'rpc', 'nonce', 'balance'],
      ...['clock', 'metrics', 'alerts'],
    ]);
  });
});

describe('an error', () => {
  test.each([
    [new ConfigurationError('the key is bad: mend it'), 'the key is bad', 'mend it'],
    [new StorageError('store /a: it is full: make room (13)'), 'store /a: it is full', 'make room (13)'],
    [new ConfigurationError('it must hold one key'), 'it must hold one key', 'otherwise'],
    [
      new StorageError('store /a: EACCES: denied', {
        cause: Object.assign(new Error('x'), { syscall: 'stat' }),
      }),
      'store /a: EACCES: denied',
      'otherwise',
    ],
    [new Error('a: b'), 'unexpected Error: a: b', 'otherwise'],
  ])('%s', (error, finding, remedy) => {
    expect(findingOf(error, 'otherwise')).toEqual({ verdict: 'failed', finding, remedy });
  });
});

describe('the report', () => {
  const line = { check: 'rpc', verdict: 'warning', finding: 'a\u001b[2J', remedy: 'b\n' } as const;

  test('for people: columns, the remedy below, nothing that the terminal obeys', () => {
    expect(lineText(line)).toEqual(['warning rpc               a\\x1b[2J', '        -> b\\n']);
    const fine = { ...line, check: 'store durability', verdict: 'ok', remedy: undefined } as const;
    expect(lineText(fine)).toEqual(['ok      store durability  a\\x1b[2J']);
    expect(summaryText({ ok: 9, warning: 1, failed: 2 })).toBe('2 failed, 1 warning, 9 ok');
    expect(summaryText({ ok: 9, warning: 0, failed: 0 })).toBe('0 failed, 0 warnings, 9 ok');
  });

  test('for programs: one object a line', () => {
    expect(JSON.parse(lineObject(line))).toEqual(line);
    expect(JSON.parse(lineObject({ ...line, remedy: undefined }))).toEqual({ ...line, remedy: null });
    expect(JSON.parse(summaryObject({ ok: 9, warning: 1, failed: 2 }))).toEqual({
      ok: 9,
      warnings: 1,
      failed: 2,
    });
  });
});
