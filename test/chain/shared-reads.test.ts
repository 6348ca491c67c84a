import { beforeEach, describe, expect, it } from 'vitest';
import type { Rpc } from '../../src/chain/rpc.ts';
import { RpcFault } from '../../src/chain/rpc-fault.ts';
import { shareReads } from '../../src/chain/shared-reads.ts';
import { failureOf } from '../support/chain.ts';

interface Asked {
  readonly what: string;
  readonly signal: AbortSignal | undefined;
  readonly answer: PromiseWithResolvers<unknown>;
}

let asked: Asked[];
let rpc: Rpc;
let isClosed: boolean;

beforeEach(() => {
  asked = [];
  isClosed = false;
  rpc = shareReads({
    request: (method, params, signal) => {
      const answer = Promise.withResolvers<unknown>();
      asked.push({ what: `${method} ${params}`, signal, answer });
      return answer.promise;
    },
    close: () => {
      isClosed = true;
    },
  });
});

const read = (what: unknown, signal?: AbortSignal) => rpc.request('m', [what], signal);
const answer = (number: number, value: unknown) => asked[number]?.answer.resolve(value);

describe('a read', () => {
  it('that is under way answers all who ask for it, and who asks behind it asks anew', async () => {
    const first = [read('a'), read('b'), read('a')];
    answer(0, 'A');
    answer(1, 'B');
    expect(await Promise.all(first)).toEqual(['A', 'B', 'A']);
    const later = read('a');
    answer(2, 'A2');
    expect(await later).toBe('A2');
    expect(asked.map(({ what }) => what)).toEqual(['m a', 'm b', 'm a']);
  });

  it('is told apart by its method and all its parameters', () => {
    for (const [method, params] of [
      ['m', []],
      ['n', []],
      ['m', ['a', 'b']],
      ['m', ['a,b']],
      ['m', ['a', true]],
    ] as const)
      rpc.request(method, params);
    expect(asked).toHaveLength(5);
  });

  it('that fails does so for all who wait, and is kept for nobody', async () => {
    const both = [failureOf(read('a')), failureOf(read('a'))];
    const fault = new RpcFault('unanswered', 'no');
    asked[0]?.answer.reject(fault);
    expect(await Promise.all(both)).toEqual([fault, fault]);
    const later = read('a');
    answer(1, 'A');
    expect(await later).toBe('A');
  });

  it('goes on for the others when one gives up', async () => {
    const impatience = new AbortController();
    const given = failureOf(read('a', impatience.signal));
    const other = read('a', new AbortController().signal);
    impatience.abort();
    expect(await given).toMatchObject({ kind: 'unanswered', message: 'm: aborted while in flight' });
    expect(asked[0]?.signal?.aborted).toBe(false);
    answer(0, 'A');
    expect(await other).toBe('A');
  });

  it('ends when all have given up, and is not joined then', async () => {
    const [one, two] = [new AbortController(), new AbortController()];
    const both = [failureOf(read('a', one.signal)), failureOf(read('a', two.signal))];
    one.abort();
    two.abort();
    await Promise.all(both);
    expect(asked[0]?.signal?.aborted).toBe(true);
    const later = read('a');
    asked[0]?.answer.reject(new Error('late'));
    await Promise.resolve();
    const joined = read('a');
    answer(1, 'A');
    expect(await Promise.all([later, joined])).toEqual(['A', 'A']);
    expect(asked).toHaveLength(2);
  });

  it('is not ended by one who gives up when he has his answer', async () => {
    const impatience = new AbortController();
    const had = read('a', impatience.signal);
    answer(0, 'A');
    await had;
    impatience.abort();
    expect(asked[0]?.signal?.aborted).toBe(false);
  });

  it('is not begun for one who has given up', async () => {
    expect(await failureOf(read('a', AbortSignal.abort()))).toMatchObject({ kind: 'unsent' });
    expect(asked).toEqual([]);
  });
});

it('closing it closes what it asks', () => {
  rpc.close();
  expect(isClosed).toBe(true);
});
