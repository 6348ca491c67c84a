import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChainVerdict, Disbursement, SignedIntent } from '../../machines/index.ts';
import { type EvmChain, type EvmChainOptions, openEvmChain } from '../../src/chain/evm.ts';
import type { SigningRequest } from '../../src/chain/ports.ts';
import { type AnvilOptions, DEV_PRIVATE_KEY, startAnvil } from '../../src/dev/anvil.ts';
import { type DevBlock, devRpc } from '../../src/dev/dev-rpc.ts';

export const ETHER = 10n ** 18n;
export const PAYEE = '0x70997970c51812dc3a010c7d01b50e0d17dc79c8';
/** Runtime code that takes no money: PUSH1 0 PUSH1 0 REVERT. */
export const REVERTING_CODE = '0x60006000fd';

/**
 * A transaction that arrives while anvil makes a block stays in its pool at times, behind a nonce that is used already, and
 * nothing but another price brings it out. Whoever sends many at once outbids his own, and in good time. Milliseconds.
 */
export const BUMP_AFTER_MS = 2_000;
/** {@link BUMP_AFTER_MS} as a flag of `treasury run`. */
export const BUMPING = ['--bump-after', `${BUMP_AFTER_MS}ms`] as const;

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** A context that never aborts. */
export const patient = { signal: new AbortController().signal };

/** Starts a chain with verbs. Whoever starts it stops it. */
export const startTestChain = async (options: AnvilOptions = {}) => {
  const anvil = await startAnvil(options);
  const ask = <Result = unknown>(method: string, ...params: unknown[]) =>
    devRpc<Result>(anvil.url, method, params);
  return {
    ...anvil,
    ask,
    mine: (blocks = 1) => ask('anvil_mine', hex(blocks)),
    setAutomine: (on: boolean) => ask('evm_setAutomine', on),
    setBalance: (address: string, balance: bigint) => ask('anvil_setBalance', address, hex(balance)),
    setCode: (address: string, code: string) => ask('anvil_setCode', address, code),
    setChainId: (chainId: number) => ask('anvil_setChainId', chainId),
    drop: (txHash: string) => ask('anvil_dropTransaction', txHash),
    balanceOf: async (address: string) => BigInt(await ask<string>('eth_getBalance', address, 'latest')),
    transactionsOf: async (address: string) =>
      Number(await ask<string>('eth_getTransactionCount', address, 'latest')),
    head: async () => Number(await ask<string>('eth_blockNumber')),
    latest: () => ask<DevBlock>('eth_getBlockByNumber', 'latest', false),
    open: (more: Partial<EvmChainOptions> = {}) =>
      openEvmChain({ rpcUrl: anvil.url, privateKey: DEV_PRIVATE_KEY, ...more }),
  };
};

export type TestChain = Awaited<ReturnType<typeof startTestChain>>;

let rows = 0;

/** A payment with an id of its own. */
export const aPayment = (more: Partial<Disbursement> = {}): Disbursement => ({
  id: `payment-${++rows}`,
  destination: PAYEE,
  amount: ETHER,
  memo: '',
  scheduledEpoch: 0,
  dependsOn: [],
  ...more,
});

/** What an executor with these rows out would ask of the signer. */
export const aRequest = (
  nonce: number,
  out: readonly SignedIntent[] = [],
  more: Partial<SigningRequest> = {},
): SigningRequest => {
  const committedFrom = (first: number) =>
    out.filter((intent) => intent.nonce >= first).reduce((sum, { maxCost = 0n }) => sum + maxCost, 0n);
  return { nonce, purpose: 'pay', committed: committedFrom(0), committedFrom, ...more };
};

/** Signs with the chain's next nonce and sends. */
export const pay = async (chain: EvmChain, payment = aPayment()): Promise<SignedIntent> => {
  const intent = await chain.signer(payment, aRequest(await chain.nextNonce(patient)), patient);
  await chain.submitter(intent, patient);
  return intent;
};

/** What the chain says once it has mined it: anvil answers a submission before its block is made. */
export const minedVerdictOf = async (chain: EvmChain, intent: SignedIntent): Promise<ChainVerdict> => {
  let verdict: ChainVerdict;
  do verdict = await chain.lookup(intent, patient);
  while (verdict.status === 'pending');
  return verdict;
};

/** `pay`, and wait for the block. */
export const payMined = async (chain: EvmChain, payment = aPayment()): Promise<SignedIntent> => {
  const intent = await pay(chain, payment);
  await minedVerdictOf(chain, intent);
  return intent;
};

export type Answering = (incoming: IncomingMessage, body: string, reply: ServerResponse) => void;

/** A server that answers RPC requests as it is told to; `answer` may be replaced at any time. */
export const startRpcStub = async (answer: Answering) => {
  const stub = { answer, requests: [] as string[], url: '', close: () => Promise.resolve() };
  const server = createServer(async (incoming, reply) => {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    stub.requests.push(body);
    stub.answer(incoming, body, reply);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  stub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stub.close = () =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return stub;
};

export type RpcStub = Awaited<ReturnType<typeof startRpcStub>>;

/** The error that a promise rejects with. */
export const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    (value) => {
      throw new Error(`it did not fail: ${String(value)}`);
    },
    (error: unknown) => error,
  );
