import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { describeFailure } from '../../src/cli/failure.ts';
import { InputError, InputFileError, type InputProblem } from '../../src/cli/input-error.ts';
import { OutputError } from '../../src/cli/output.ts';
import { ConfigurationError, StorageError } from '../../src/errors.ts';
import { StoreNotFoundError } from '../../src/store/sqlite-file.ts';

class ChainUnreachableError extends Error {
  override readonly name = 'ChainUnreachableError';
}

const problem = (line: number): InputProblem => ({ line, column: 'amount', message: 'expected money' });

describe('the exit code', () => {
  test.each([
    [new InputError('x'), EXIT.badInput],
    [new InputFileError('f', [problem(1)]), EXIT.badInput],
    [new StorageError('x'), EXIT.storage],
    [new OutputError('x'), EXIT.storage],
    [new ConfigurationError('x'), EXIT.configuration],
    [new StoreNotFoundError('/x'), EXIT.configuration],
    [new ChainUnreachableError('x'), EXIT.unreachable],
    [new CommanderError(1, 'commander.unknownOption', 'x'), EXIT.usage],
    [new TypeError('x'), EXIT.fault],
    ['x', EXIT.fault],
  ])('of %s is %d', (error, exitCode) => expect(describeFailure(error).exitCode).toBe(exitCode));
});

describe('the message', () => {
  const messageOf = (error: unknown): string => describeFailure(error).message;

  test('is one line without control characters', () => {
    expect(messageOf(new StorageError('disk\n  full \u001b[31m'))).toBe('treasury: disk full \\x1b[31m');
    expect(messageOf(new TypeError('x is not a function'))).toBe(
      'treasury: unexpected TypeError: x is not a function',
    );
  });

  test.each([
    ['postgres://user:pass@db:5432/name', 'postgres://db:5432/…'],
    ['postgres://user:p/a@s@db', 'postgres://db'],
    ['https://rpc.example/v3/secretkey', 'https://rpc.example/…'],
    ['https://rpc.example?key=secret', 'https://rpc.example/…'],
    ['http://127.0.0.1:8545', 'http://127.0.0.1:8545'],
  ])('shows of %s what is no secret', (url, shown) => {
    expect(messageOf(new CommanderError(1, 'x', `got '${url}', twice`))).toBe(
      `treasury: got '${shown}', twice`,
    );
  });

  test('of a file with one problem is one line', () => {
    expect(messageOf(new InputFileError('a.csv', [problem(3)]))).toBe(
      'treasury: a.csv, line 3, column amount: expected money: nothing was imported, correct it and import the file again',
    );
  });

  test('of a file with many problems lists twenty', () => {
    const problems = Array.from({ length: 32 }, (_, index) => problem(index + 2));
    const lines = messageOf(new InputFileError('a.csv', problems)).split('\n');
    expect(lines[0]).toMatch(/^treasury: a\.csv, 32 problems: nothing was imported/);
    expect(lines[20]).toBe('  line 21, column amount: expected money');
    expect(lines.slice(21)).toEqual(['  and 12 more']);
  });
});
