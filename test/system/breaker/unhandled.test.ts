import { expect, it } from 'vitest';
import { runProgram } from './run-program.ts';

// `execute` follows the promise of the work: whoever forgets to follow that of `execute` must hear of a failure all the same.

const reports = `process.on('unhandledRejection', (error) => console.log('unhandled', error.message));`;

it('a failed call that nobody follows is told to the process', async () => {
  const { code, output } = await runProgram(`
    ${reports}
    createCircuitBreaker().execute(async () => { throw new Error('boom'); });
  `);
  expect({ code, output }).toEqual({ code: 0, output: 'unhandled boom' });
});

it('one that somebody follows is not, nor one that succeeds', async () => {
  const { code, output } = await runProgram(`
    ${reports}
    const breaker = createCircuitBreaker();
    breaker.execute(async () => 'fine');
    await breaker.execute(async () => { throw new Error('boom'); }).catch(() => {});
    await Promise.allSettled([breaker.execute(() => { throw new Error('boom'); })]);
    console.log(breaker.failures);
  `);
  expect({ code, output }).toEqual({ code: 0, output: '2' });
});
