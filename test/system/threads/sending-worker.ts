import { parentPort, workerData } from 'node:worker_threads';
import { RingOutbox } from '../../../src/threads/outbox.ts';
import { viewsOf } from '../../../src/threads/shared-memory.ts';

/** Sends so many outcomes, numbered from 0 on, each with the number of its sender as slot. */
export interface SendingOrder {
  readonly buffer: SharedArrayBuffer;
  readonly sender: number;
  readonly outcomes: number;
}

const { buffer, sender, outcomes } = workerData as SendingOrder;
const outbox = new RingOutbox(viewsOf(buffer));

parentPort?.once('message', () => {
  const type = sender % 2 === 0 ? 'FAILURE' : 'SUCCESS';
  for (let word = 0; word < outcomes; word += 1) outbox.send({ type, word, slot: sender });
  parentPort?.postMessage('done');
});
parentPort?.postMessage('ready');
