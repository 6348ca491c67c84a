import { createCircuitBreaker } from '../../src/index.ts';

class NotFoundError extends Error {}

const breaker = createCircuitBreaker({
  classify: (error) => {
    if (error instanceof NotFoundError) return 'success'; // it answered
    if ((error as Error).name === 'AbortError') return 'cancelled'; // says nothing about the service
    return 'failure';
  },
});
const call = (error: Error) =>
  breaker.execute(() => Promise.reject(error)).catch(() => console.log(error.name, breaker.failures));

await call(new Error('HTTP 503'));
await call(new DOMException('the user left', 'AbortError'));
await call(new NotFoundError('no such rate'));
