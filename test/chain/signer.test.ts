import { parseTransaction } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import type { SignedIntent } from '../../machines/index.ts';
import { createAccountReader } from '../../src/chain/account-view.ts';
import { RpcFault } from '../../src/chain/rpc-fault.ts';
import { createSigner } from '../../src/chain/signer.ts';
import { DEV_PRIVATE_KEY } from '../../src/dev/anvil.ts';
import { CancelledError, ConfigurationError, SigningError } from '../../src/errors.ts';
import { aPayment, aRequest, failureOf, PAYEE, patient } from '../support/chain.ts';
import { type Answers, fakeRpc } from '../support/fake-rpc.ts';

const GWEI = 10n ** 9n;
const hex = (value: bigint | number) => `0x${value.toString(16)}`;

/** A signer on a chain of constants: base fee 10, tip 1, balance 1000 gwei-transfers. */
const aSigner = (more: Answers = {}) => {
  const account = privateKeyToAccount(DEV_PRIVATE_KEY);
  const answers: Answers = {
    eth_getBlockByNumber: { number: '0x64', baseFeePerGas: hex(10n * GWEI) },
    eth_getBalance: hex(10n ** 18n),
    eth_getTransactionCount: '0x0',
    eth_maxPriorityFeePerGas: hex(GWEI),
    eth_gasPrice: hex(13n * GWEI),
    eth_chainId: '0x7a69',
    eth_estimateGas: hex(21_000),
    ...more,
  };
  const { rpc, asked, given } = fakeRpc(answers);
  const time = { now: 0 };
  const reader = createAccountReader({
    rpc,
    address: account.address,
    chainId: 31337,
    clock: { now: () => time.now },
  });
  return { sign: createSigner({ rpc, account, chainId: 31337, reader }), answers, asked, given, time };
};

const small = () => aPayment({ amount: 1n });
const feesOf = (rawTx: string) => parseTransaction(rawTx as `0x${string}`);

describe('the fees of a signature', () => {
  it('are twice the base fee plus the tip, and its highest cost says so', async () => {
    const { sign } = aSigner();
    const intent = await sign(small(), aRequest(7), patient);
    expect(feesOf(intent.rawTx)).toMatchObject({
      type: 'eip1559',
      chainId: 31337,
      nonce: 7,
      gas: 21_000n,
      maxFeePerGas: 21n * GWEI,
      maxPriorityFeePerGas: GWEI,
      value: 1n,
    });
    expect(intent.maxCost).toBe(1n + 21_000n * 21n * GWEI);
    expect(intent.fee).toEqual({ maxFeePerGas: 21n * GWEI, maxPriorityFeePerGas: GWEI });
  });

  it('take the tip from the gas price where the node has no method for it', async () => {
    const missing = new RpcFault('answered', 'Method not found', { code: -32601 });
    const { sign } = aSigner({ eth_maxPriorityFeePerGas: missing });
    const { rawTx } = await sign(small(), aRequest(0), patient);
    expect(feesOf(rawTx).maxPriorityFeePerGas).toBe(3n * GWEI);
  });

  it('are one gas price on a chain without base fees', async () => {
    const { sign } = aSigner({ eth_getBlockByNumber: { number: '0x64' } });
    const intent = await sign(small(), aRequest(0), patient);
    expect(feesOf(intent.rawTx)).toMatchObject({ type: 'legacy', chainId: 31337, gasPrice: 13n * GWEI });
    expect(intent.fee).toEqual({ maxFeePerGas: 13n * GWEI, maxPriorityFeePerGas: 13n * GWEI });
    expect(intent.maxCost).toBe(1n + 21_000n * 13n * GWEI);
  });

  it('are at least what a replacement must offer, and no less than the market', async () => {
    const bump = (maxFeePerGas: bigint, maxPriorityFeePerGas: bigint) => ({
      purpose: 'fill' as const,
      fee: { atLeast: { maxFeePerGas, maxPriorityFeePerGas } },
    });
    const { sign } = aSigner();
    const high = await sign(small(), aRequest(0, [], bump(50n * GWEI, 5n * GWEI)), patient);
    expect(feesOf(high.rawTx)).toMatchObject({ maxFeePerGas: 50n * GWEI, maxPriorityFeePerGas: 5n * GWEI });
    const low = await sign(small(), aRequest(0, [], bump(1n, 1n)), patient);
    expect(feesOf(low.rawTx)).toMatchObject({ maxFeePerGas: 21n * GWEI, maxPriorityFeePerGas: GWEI });
    const legacy = aSigner({ eth_getBlockByNumber: { number: '0x64' } });
    const price = await legacy.sign(small(), aRequest(0, [], bump(50n * GWEI, 5n * GWEI)), patient);
    expect(feesOf(price.rawTx).gasPrice).toBe(50n * GWEI);
  });

  it('leave room for a contract that does more in the block that mines it', async () => {
    const { sign } = aSigner({ eth_estimateGas: hex(40_000) });
    const intent = await sign(small(), aRequest(0), patient);
    expect(feesOf(intent.rawTx).gas).toBe(50_000n);
    expect(intent.maxCost).toBe(1n + 50_000n * 21n * GWEI);
  });
});

describe('a fill', () => {
  it('moves nothing to oneself and asks no estimate', async () => {
    const { sign, asked } = aSigner();
    const { rawTx } = await sign(aPayment(), aRequest(3, [], { purpose: 'fill' }), patient);
    const { to, value, gas } = feesOf(rawTx);
    expect(to?.toLowerCase()).toBe(privateKeyToAccount(DEV_PRIVATE_KEY).address.toLowerCase());
    expect([value ?? 0n, gas]).toEqual([0n, 21_000n]);
    expect(asked['eth_estimateGas']).toBeUndefined();
  });
});

describe('the view of the account', () => {
  it('is read once for a batch', async () => {
    const { sign, asked } = aSigner();
    const out: SignedIntent[] = [];
    for (let nonce = 0; nonce < 5; nonce += 1) out.push(await sign(small(), aRequest(nonce, out), patient));
    expect(asked['eth_getBalance']).toBe(1);
  });

  it('has balance and count of one and the same block', async () => {
    const { sign, given } = aSigner();
    await sign(small(), aRequest(0), patient);
    expect(given['eth_getBalance']?.[1]).toBe('0x64');
    expect(given['eth_getTransactionCount']?.[1]).toBe('0x64');
  });

  it('is read again after a second', async () => {
    const { sign, asked, time } = aSigner();
    const first = await sign(small(), aRequest(0), patient);
    time.now = 999;
    const second = await sign(small(), aRequest(1, [first]), patient);
    expect(asked['eth_getBalance']).toBe(1);
    time.now = 1_000;
    await sign(small(), aRequest(2, [first, second]), patient);
    expect(asked['eth_getBalance']).toBe(2);
  });

  it('is read again when less is committed, and when a settled row hides behind a dearer one', async () => {
    const { sign, asked } = aSigner();
    const cheap = await sign(small(), aRequest(0), patient);
    await sign(small(), aRequest(1), patient);
    expect(asked['eth_getBalance']).toBe(2);
    const dear = { ...cheap, nonce: 1, maxCost: 3n * (cheap.maxCost ?? 0n) };
    await sign(small(), aRequest(2, [dear]), patient);
    expect(asked['eth_getBalance']).toBe(3);
  });

  it('does not count a row twice that is mined and not looked up yet', async () => {
    const { sign, answers } = aSigner();
    const mined = await sign(aPayment({ amount: 6n * 10n ** 17n }), aRequest(0), patient);
    answers['eth_getBalance'] = hex(4n * 10n ** 17n);
    answers['eth_getTransactionCount'] = '0x1';
    await sign(aPayment({ amount: 3n * 10n ** 17n }), aRequest(1, [mined]), patient);
  });

  it('is fresh before it cancels', async () => {
    const { sign, answers, asked } = aSigner({ eth_getBalance: '0x0' });
    expect(await failureOf(sign(small(), aRequest(0), patient))).toBeInstanceOf(CancelledError);
    const before = asked['eth_getBalance'] ?? 0;
    answers['eth_getBalance'] = hex(1n + 21_000n * 21n * GWEI); // to the last unit
    await sign(small(), aRequest(0), patient);
    expect(asked['eth_getBalance']).toBe(before + 1);
  });

  it('pays to the last unit and not one more', async () => {
    const cost = 1n + 21_000n * 21n * GWEI;
    await aSigner({ eth_getBalance: hex(cost) }).sign(small(), aRequest(0), patient);
    const error = await failureOf(
      aSigner({ eth_getBalance: hex(cost - 1n) }).sign(small(), aRequest(0), patient),
    );
    expect(error).toBeInstanceOf(CancelledError);
    expect((error as Error).message).toContain(`have ${cost - 1n}, need ${cost} base units`);
  });

  it('stops at another chain behind the same URL', async () => {
    const { sign } = aSigner({ eth_chainId: '0x1' });
    expect(await failureOf(sign(small(), aRequest(0), patient))).toBeInstanceOf(ConfigurationError);
  });
});

describe('an estimate that talks of money', () => {
  const poor = new RpcFault('answered', 'insufficient funds for transfer', {
    code: -32000,
    remote: 'insufficient funds for transfer',
  });

  it('cancels when the balance, read again, agrees', async () => {
    const { sign, answers } = aSigner({
      eth_estimateGas: () => {
        answers['eth_getBalance'] = '0x1'; // spent between our reading and the estimate
        return poor;
      },
    });
    expect(await failureOf(sign(small(), aRequest(0), patient))).toBeInstanceOf(CancelledError);
  });

  it('is a fault of the RPC when it does not', async () => {
    const error = await failureOf(aSigner({ eth_estimateGas: poor }).sign(small(), aRequest(0), patient));
    expect(error).toBeInstanceOf(SigningError);
    expect((error as SigningError).transient).toBe(true);
  });
});

describe('a row that cannot be signed', () => {
  it.each([
    ['no address', '0x12'],
    ['one with a wrong checksum', PAYEE.replace('c', 'C')],
  ])('is to blame alone: to %s', async (_, destination) => {
    const { sign } = aSigner();
    const error = await failureOf(sign(aPayment({ destination }), aRequest(0), patient));
    expect(error).toBeInstanceOf(SigningError);
    expect((error as SigningError).transient).toBe(false);
    expect((error as SigningError).message).toContain(`${destination} is no address`);
  });

  it('is none whose address is written in capital letters', async () => {
    const { sign } = aSigner();
    const capital = PAYEE.toUpperCase().replace('0X', '0x');
    const { rawTx } = await sign(aPayment({ destination: capital, amount: 1n }), aRequest(0), patient);
    expect(feesOf(rawTx).to?.toLowerCase()).toBe(PAYEE);
  });
});

describe('an endpoint whose nodes are not level', () => {
  const lagging = () =>
    new RpcFault('answered', 'eth_getBalance: header not found', { remote: 'header not found' });

  it('is asked again for the newest block, so that balance and count are of one', async () => {
    let asked = 0;
    const { sign, asked: requests } = aSigner({
      eth_getBalance: () => {
        asked += 1;
        return asked <= 3 ? lagging() : hex(10n ** 18n);
      },
    });
    await sign(small(), aRequest(0), patient);
    expect([requests['eth_getBalance'], requests['eth_getBlockByNumber']]).toEqual([4, 4]);
  });

  it('is given up after four times, as a signer that is out', async () => {
    const { sign, asked } = aSigner({ eth_getBalance: lagging() });
    const error = await failureOf(sign(small(), aRequest(0), patient));
    expect(error).toBeInstanceOf(SigningError);
    expect(error).toMatchObject({ transient: true });
    expect(asked['eth_getBalance']).toBe(4);
  });

  it('is not asked again after any other answer', async () => {
    const other = new RpcFault('answered', 'no', { remote: 'rate limit' });
    for (const fault of [
      other,
      new RpcFault('unanswered', 'header not found', { remote: 'header not found' }),
    ]) {
      const { sign, asked } = aSigner({ eth_getBalance: fault });
      await failureOf(sign(small(), aRequest(0), patient));
      expect(asked['eth_getBalance']).toBe(1);
    }
  });
});
