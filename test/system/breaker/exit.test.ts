import { describe, expect, it } from 'vitest';
import { runProgram } from './run-program.ts';

describe('a process with nothing else to do', () => {
  it('ends at once beside an open breaker', async () => {
    const { code, output, ms } = await runProgram(`
      const breaker = createCircuitBreaker({ policy: { failureThreshold: 1 } });
      breaker.recordFailure();
      console.log(breaker.state);
    `);
    expect({ code, output }).toEqual({ code: 0, output: 'OPEN' });
    expect(ms).toBeLessThan(10_000);
  });

  it('ends at once beside failures that age and a probe that is out', async () => {
    const { code, output, ms } = await runProgram(`
      const closed = createCircuitBreaker();
      closed.recordFailure();
      const policy = { failureThreshold: 1, openTimeoutMs: 1 };
      const probing = createCircuitBreaker({ policy });
      probing.recordFailure();
      while (probing.state === 'OPEN');
      console.log(probing.allowRequest(), probing.allowRequest(), probing.state);
    `);
    expect({ code, output }).toEqual({ code: 0, output: 'true false HALF_OPEN' });
    expect(ms).toBeLessThan(10_000);
  });

  it('is ended by no error of a listener', async () => {
    const { code, output } = await runProgram(`
      process.on('warning', ({ message }) => console.log(message));
      const breaker = createCircuitBreaker();
      breaker.on('stateChange', () => { throw new Error('thrown'); });
      breaker.on('stateChange', async () => { throw new Error('rejected'); });
      breaker.isolate();
      await new Promise(setImmediate);
      console.log(breaker.state);
    `);
    expect({ code, output }).toEqual({ code: 0, output: 'thrown\nrejected\nISOLATED' });
  });
});
