import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChainUnreachableError, type EvmChain, openEvmChain } from '../../../src/chain/evm.ts';
import { DEV_PRIVATE_KEY } from '../../../src/dev/anvil.ts';
import { type OutageMode, type RpcProxy, startRpcProxy } from '../../../src/dev/rpc-proxy.ts';
import { SigningError, SubmissionError } from '../../../src/errors.ts';
import {
  aPayment,
  aRequest,
  failureOf,
  minedVerdictOf,
  patient,
  payMined,
  startTestChain,
  type TestChain,
} from '../../support/chain.ts';

let dev: TestChain;
let proxy: RpcProxy;
let chain: EvmChain;

beforeEach(async () => {
  dev = await startTestChain();
  proxy = await startRpcProxy({ target: dev.url });
  chain = await dev.open({ rpcUrl: proxy.url, timeoutMs: 300 });
});
afterEach(async () => {
  chain.close();
  await proxy.close();
  await dev.stop();
});

const signed = () => chain.signer(aPayment(), aRequest(0), patient);

const expectOutage = (error: unknown, message: string) => {
  expect(error).toBeInstanceOf(SubmissionError);
  expect((error as SubmissionError).verdict).toBe('outage');
  expect((error as SubmissionError).message).toContain(message);
};

describe('an outage', () => {
  it.each([
    ['refuse', 'nothing was sent'],
    ['hang', 'no answer within 300 ms'],
    ['unavailable', 'HTTP 503'],
  ] satisfies [OutageMode, string][])(
    '%s fails every port, and the same bytes are paid after it',
    async (mode, message) => {
      const intent = await signed();
      await proxy.setOutage(mode);
      const forwarded = proxy.forwarded;
      // A kept connection that was cut a moment ago may take the first requests: they end as unknown, rightly.
      if (mode === 'refuse')
        await expect.poll(() => failureOf(chain.nextNonce(patient)).then(String)).toContain('no connection');
      expectOutage(await failureOf(chain.submitter(intent, patient)), message);
      const part = mode === 'refuse' ? 'no connection (ECONNREFUSED)' : message;
      expectOutage(await failureOf(chain.lookup(intent, patient)), part);
      expectOutage(await failureOf(chain.nextNonce(patient)), part);
      expectOutage(await failureOf(Promise.resolve(chain.epochSource(patient))), part);
      const unsigned = await failureOf(
        chain.signer(aPayment(), aRequest(1, [intent], { committed: 7n }), patient),
      );
      expect(unsigned).toBeInstanceOf(SigningError);
      expect((unsigned as SigningError).transient).toBe(true);
      expect(proxy.forwarded).toBe(forwarded);
      expect(await dev.transactionsOf(chain.address)).toBe(0);

      await proxy.setOutage(undefined);
      await chain.submitter(intent, patient);
      expect((await minedVerdictOf(chain, intent)).status).toBe('executed');
    },
  );

  it('that loses the reply leaves an unknown outcome, which the look-up finds', async () => {
    const intent = await signed();
    await proxy.setOutage('dropReply');
    expectOutage(await failureOf(chain.submitter(intent, patient)), 'outcome unknown');
    await proxy.setOutage(undefined);
    expect((await minedVerdictOf(chain, intent)).status).toBe('executed');
    expect(await dev.transactionsOf(chain.address)).toBe(1);
  });

  it('cuts what is in flight when connections are refused', async () => {
    const intent = await signed();
    await proxy.setOutage('hang');
    const sending = failureOf(chain.submitter(intent, patient));
    await proxy.setOutage('refuse');
    expectOutage(await sending, '');
  });

  it('at the start is an error of its own, without the credentials', async () => {
    const rpcUrl = proxy.url.replace('http://', 'http://user:secret-word@');
    for (const mode of ['refuse', 'hang', 'unavailable', 'dropReply'] as const) {
      await proxy.setOutage(mode);
      const error = await failureOf(openEvmChain({ rpcUrl, privateKey: DEV_PRIVATE_KEY, timeoutMs: 300 }));
      expect(error).toBeInstanceOf(ChainUnreachableError);
      expect((error as Error).message).toContain(proxy.url);
      expect((error as Error).message).not.toContain('secret-word');
    }
  });
});

describe('a caller that gives up', () => {
  it('ends the request', async () => {
    const patientChain = await dev.open({ rpcUrl: proxy.url, timeoutMs: 60_000 });
    const intent = await signed();
    await proxy.setOutage('hang');
    const impatience = new AbortController();
    const sending = failureOf(patientChain.submitter(intent, impatience));
    impatience.abort();
    expectOutage(await sending, 'aborted');
    const closing = failureOf(patientChain.lookup(intent, patient));
    patientChain.close();
    expectOutage(await closing, 'aborted');
  });
});

describe('the proxy', () => {
  it('keeps its address through refused connections, and forgets nothing in between', async () => {
    const { url } = proxy;
    await Promise.all([proxy.setOutage('refuse'), proxy.setOutage(undefined), proxy.setOutage('refuse')]);
    expect(proxy.outage).toBe('refuse');
    await proxy.setOutage(undefined);
    expect([proxy.url, proxy.outage]).toEqual([url, undefined]);
    // The first requests may still meet a connection that was cut.
    await expect.poll(() => chain.nextNonce(patient).catch(() => undefined)).toBe(0);
    await payMined(chain);
  });

  it('tells of each call in every mode but the refusal, which nothing reaches, and may lose the reply of one', async () => {
    const calls: string[] = [];
    const open = new Set<number>();
    const watched = await startRpcProxy({
      target: dev.url,
      onCall: (method) => {
        const number = calls.push(method);
        open.add(number);
        return { losesReply: method === 'eth_sendRawTransaction', ended: () => open.delete(number) };
      },
    });
    const watchedChain = await dev.open({ rpcUrl: watched.url, timeoutMs: 300 });
    try {
      const intent = await signed();
      expectOutage(await failureOf(watchedChain.submitter(intent, patient)), 'outcome unknown');
      expect((await minedVerdictOf(watchedChain, intent)).status).toBe('executed');
      expect(calls).toContain('eth_sendRawTransaction');
      for (const mode of ['hang', 'unavailable', 'dropReply', 'refuse'] as const) {
        await watched.setOutage(mode);
        const before = calls.length;
        await failureOf(watchedChain.nextNonce(patient));
        expect(calls.slice(before), mode).toEqual(mode === 'refuse' ? [] : ['eth_getTransactionCount']);
      }
      await expect.poll(() => open.size).toBe(0);
    } finally {
      watchedChain.close();
      await watched.close();
    }
  });
});
