import { beforeEach, describe, expect, it } from 'vitest';
import { withBatches } from '../../src/chain/batches.ts';
import type { Call, Exchange, Outcome } from '../../src/chain/exchange.ts';
import { RpcFault } from '../../src/chain/rpc-fault.ts';
import { failureOf } from '../support/chain.ts';

const READ = 'eth_getCode';

/** An endpoint that is told what it answers, and keeps what it was asked, a request a line. */
class Endpoint implements Omit<Exchange, 'close'> {
  readonly asked: string[] = [];
  readonly signals: (AbortSignal | undefined)[] = [];
  /** What a batch comes to: all of it, or each call by its first parameter. */
  batch: (call: Call) => Outcome | Promise<Outcome> = ({ params: [result] }) => ({ result });
  single: (call: Call) => unknown = ({ params: [result] }) => result;

  async alone(call: Call, signal?: AbortSignal) {
    this.asked.push(String(call.params[0]));
    this.signals.push(signal);
    return this.single(call);
  }

  async together(calls: readonly Call[], signal: AbortSignal) {
    this.asked.push(calls.map(({ params: [asked] }) => asked).join(' '));
    this.signals.push(signal);
    return Promise.all(calls.map((call) => this.batch(call)));
  }
}

let endpoint: Endpoint;
let request: ReturnType<typeof withBatches>;

beforeEach(() => {
  endpoint = new Endpoint();
  request = withBatches({
    alone: (call, signal) => endpoint.alone(call, signal),
    together: (calls, signal) => endpoint.together(calls, signal),
  });
});

const read = (asked: unknown, signal?: AbortSignal) => request(READ, [asked], signal);
const readAll = (...asked: unknown[]) => Promise.all(asked.map((each) => read(each)));
const broken = () => {
  throw new RpcFault('unanswered', 'no answer within 5 ms');
};

describe('reads of one turn', () => {
  it('go out together, and each has its own answer', async () => {
    expect(await readAll('a', 'b', 'c')).toEqual(['a', 'b', 'c']);
    expect(endpoint.asked).toEqual(['a b c']);
  });

  it('are those too that promises of that turn come to', async () => {
    const later = async (asked: string) => {
      for (let step = 0; step < 20; step += 1) await Promise.resolve();
      return read(asked);
    };
    expect(await Promise.all([read('a'), later('b')])).toEqual(['a', 'b']);
    expect(endpoint.asked).toEqual(['a b']);
  });

  it('are not those of the next', async () => {
    await Promise.all([read('a'), new Promise(setImmediate).then(() => read('b'))]);
    expect(endpoint.asked).toEqual(['a', 'b']);
  });

  it('go by hundreds', async () => {
    const asked = Array.from({ length: 201 }, (_, number) => number);
    expect(await readAll(...asked)).toEqual(asked);
    expect(endpoint.asked.map((line) => line.split(' ').length)).toEqual([100, 100, 1]);
  });

  it('keep their faults for themselves', async () => {
    endpoint.batch = ({ params: [asked] }) =>
      asked === 'b' ? { fault: new RpcFault('answered', 'no') } : { result: asked };
    const [a, b, c] = await Promise.allSettled([read('a'), read('b'), read('c')]);
    expect([a, c]).toMatchObject([{ value: 'a' }, { value: 'c' }]);
    expect(b).toMatchObject({ reason: { kind: 'answered' } });
    await readAll('d', 'e');
    expect(endpoint.asked).toEqual(['a b c', 'd e']);
  });
});

describe('what is no read', () => {
  it.each(['eth_sendRawTransaction', 'eth_sendTransaction', 'anvil_mine', 'eth_getFilterChanges'])(
    'goes alone and at once: %s',
    async (method) => {
      const before = read('a');
      const sends = ['x', 'y'].map((asked) => request(method, [asked]));
      expect(endpoint.asked).toEqual(['x', 'y']);
      expect(await Promise.all([before, read('b'), ...sends])).toEqual(['a', 'b', 'x', 'y']);
      expect(endpoint.asked).toEqual(['x', 'y', 'a b']);
    },
  );

  it('is never asked for again', async () => {
    endpoint.single = broken;
    expect(await failureOf(request('eth_sendRawTransaction', ['x']))).toMatchObject({ kind: 'unanswered' });
    expect(endpoint.asked).toEqual(['x']);
  });
});

describe('an endpoint that takes no batches', () => {
  beforeEach(() => {
    endpoint.batch = () => undefined;
  });

  it('is asked one by one, at once and from then on', async () => {
    expect(await readAll('a', 'b')).toEqual(['a', 'b']);
    expect(await readAll('c', 'd')).toEqual(['c', 'd']);
    expect(endpoint.asked).toEqual(['a b', 'a', 'b', 'c', 'd']);
  });

  it('is asked for what it left out alone', async () => {
    endpoint.batch = ({ params: [asked] }) => (asked === 'a' ? { result: 'A' } : undefined);
    expect(await readAll('a', 'b', 'c')).toEqual(['A', 'b', 'c']);
    expect(await readAll('d', 'e')).toEqual(['d', 'e']);
    expect(endpoint.asked).toEqual(['a b c', 'b', 'c', 'd', 'e']);
  });

  it('is not known for it where it does not answer one by one either', async () => {
    endpoint.single = broken;
    await Promise.allSettled([read('a'), read('b')]);
    endpoint.batch = ({ params: [result] }) => ({ result });
    expect(await readAll('c', 'd')).toEqual(['c', 'd']);
    expect(endpoint.asked).toEqual(['a b', 'a', 'b', 'c d']);
  });
});

describe('a batch that breaks', () => {
  beforeEach(() => {
    endpoint.batch = broken;
  });

  it('fails its calls by their names, and none is asked for again', async () => {
    const faults = await Promise.all([failureOf(read('a')), failureOf(request('eth_getBalance', ['b']))]);
    expect(faults).toMatchObject([
      { kind: 'unanswered', message: `${READ}: no answer within 5 ms` },
      { kind: 'unanswered', message: 'eth_getBalance: no answer within 5 ms' },
    ]);
    expect(endpoint.asked).toEqual(['a b']);
  });

  it('sends those of the next turn one by one, and the ones behind them together', async () => {
    await Promise.allSettled([read('a'), read('b')]);
    expect(await read('alone')).toBe('alone');
    expect(await readAll('c', 'd')).toEqual(['c', 'd']);
    endpoint.batch = ({ params: [result] }) => ({ result });
    await readAll('e', 'f');
    expect(endpoint.asked).toEqual(['a b', 'alone', 'c', 'd', 'e f']);
  });
});

describe('a caller that gives up', () => {
  it('before the turn ends is not asked for', async () => {
    const impatience = new AbortController();
    const given = failureOf(read('a', impatience.signal));
    const others = readAll('b', 'c');
    impatience.abort();
    expect(await given).toMatchObject({ kind: 'unsent', message: `${READ}: aborted before it was sent` });
    expect(await others).toEqual(['b', 'c']);
    expect(endpoint.asked).toEqual(['b c']);
  });

  it('leaves the others their answers; when all have, the request ends', async () => {
    const answer = Promise.withResolvers<Outcome>();
    const sent = Promise.withResolvers<void>();
    endpoint.batch = () => {
      sent.resolve();
      return answer.promise;
    };
    const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()];
    const a = failureOf(read('a', first.signal));
    const b = read('b', second.signal);
    await sent.promise;
    first.abort();
    expect(await a).toMatchObject({ kind: 'unanswered', message: `${READ}: aborted while in flight` });
    expect(endpoint.signals[0]?.aborted).toBe(false);
    answer.resolve({ result: 'B' });
    expect(await b).toBe('B');
    second.abort();

    endpoint.batch = () => new Promise(() => {});
    const both = [failureOf(read('c', third.signal)), failureOf(read('d', third.signal))];
    await new Promise(setImmediate);
    third.abort();
    expect(await Promise.all(both)).toMatchObject([{ kind: 'unanswered' }, { kind: 'unanswered' }]);
    expect(endpoint.signals.map((signal) => signal?.aborted)).toEqual([false, true]);
  });

  it('does not make batches look like too much for the endpoint', async () => {
    const impatience = new AbortController();
    endpoint.together = async (calls, signal) => {
      endpoint.asked.push(calls.map(({ params: [asked] }) => asked).join(' '));
      if (endpoint.asked.length > 1) return calls.map(({ params: [result] }) => ({ result }));
      return new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(new RpcFault('unanswered', 'aborted while in flight'))),
      );
    };
    const both = [failureOf(read('a', impatience.signal)), failureOf(read('b', impatience.signal))];
    await new Promise(setImmediate);
    impatience.abort();
    await Promise.all(both);
    await readAll('c', 'd');
    expect(endpoint.asked).toEqual(['a b', 'c d']);
  });
});
