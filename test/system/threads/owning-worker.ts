import { parentPort } from 'node:worker_threads';
import { createCircuitBreaker } from '../../../src/index.ts';
import { shareBreaker } from '../../../src/threads/index.ts';

// Owns a breaker and shares it with whoever started this; ends when it is told to, without a word to the breaker.
const breaker = createCircuitBreaker({ policy: { failureThreshold: 100_000 } });
parentPort?.postMessage(shareBreaker(breaker));
parentPort?.once('message', () => {});
