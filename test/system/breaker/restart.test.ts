import { describe, expect, it } from 'vitest';
import { runProgram } from './run-program.ts';

/** What one process stores, another one begins with; then `program` goes on with the breaker there. */
async function across(first: string, program: string): Promise<unknown> {
  const { code, output: stored } = await runProgram(`${first}\nconsole.log(JSON.stringify(breaker));`);
  expect(code).toBe(0);
  const { output } = await runProgram(`
    const breaker = createCircuitBreaker({ policy: { failureThreshold: 2 }, snapshot: ${stored} });
    ${program}
    console.log(JSON.stringify(told));
  `);
  return JSON.parse(output);
}

const TELL = `const told = { state: breaker.state, failures: breaker.failures, generation: breaker.generation };`;
const CREATE = `const breaker = createCircuitBreaker({ policy: { failureThreshold: 2, openTimeoutMs: 60_000 } });`;

describe('a snapshot that another process restores', () => {
  it('of CLOSED keeps its failures: the next one opens it', async () => {
    const told = await across(
      `${CREATE} breaker.recordFailure();`,
      `const before = breaker.failures; breaker.recordFailure(); ${TELL} told.before = before;`,
    );
    expect(told).toEqual({ before: 1, state: 'OPEN', failures: 2, generation: 1 });
  });

  it('of OPEN keeps the time that is left, less what passed between', async () => {
    const told = await across(
      `const wallNow = () => Date.now() - 20_000;
       const setUnrefed = (call, ms) => setTimeout(call, ms).unref();
       const clock = { now: () => performance.now(), setTimeout: setUnrefed, clearTimeout, wallNow };
       const breaker = createCircuitBreaker({ policy: { failureThreshold: 1 }, clock });
       breaker.recordFailure();`,
      `${TELL} told.leftMs = breaker.retryAfterMs;`,
    );
    const { leftMs, ...rest } = told as { leftMs: number };
    expect(rest).toEqual({ state: 'OPEN', failures: 1, generation: 1 });
    expect(leftMs).toBeGreaterThan(20_000);
    expect(leftMs).toBeLessThan(40_000);
  });

  it('of HALF_OPEN starts again, for probes and successes', async () => {
    const told = await across(
      `const breaker = createCircuitBreaker({ policy: { failureThreshold: 1, openTimeoutMs: 1 } });
       breaker.recordFailure();
       while (breaker.state === 'OPEN');
       breaker.recordSuccess();
       breaker.allowRequest();`,
      `${TELL} told.successes = breaker.successes; told.admits = [breaker.allowRequest(), breaker.allowRequest()];`,
    );
    expect(told).toMatchObject({ state: 'HALF_OPEN', successes: 0, admits: [true, false] });
  });
});
