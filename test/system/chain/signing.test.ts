import { keccak256 } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EvmChain } from '../../../src/chain/evm.ts';
import { DEV_PRIVATE_KEY } from '../../../src/dev/anvil.ts';
import { CancelledError, ConfigurationError, SigningError, SubmissionError } from '../../../src/errors.ts';
import {
  aPayment,
  aRequest,
  ETHER,
  failureOf,
  minedVerdictOf,
  PAYEE,
  patient,
  pay,
  payMined,
  REVERTING_CODE,
  startTestChain,
  type TestChain,
} from '../../support/chain.ts';

let dev: TestChain;
let chain: EvmChain;

beforeEach(async () => {
  dev = await startTestChain();
  chain = await dev.open();
});
afterEach(async () => {
  chain.close();
  await dev.stop();
});

/** Bytes of ours that no signer of ours would make. */
const strangeIntent = async (more: object) => {
  const rawTx = await privateKeyToAccount(DEV_PRIVATE_KEY).signTransaction({
    type: 'eip1559',
    chainId: 31337,
    nonce: 0,
    gas: 21_000n,
    maxFeePerGas: 3n * 10n ** 9n,
    maxPriorityFeePerGas: 10n ** 9n,
    to: PAYEE,
    value: 1n,
    ...more,
  });
  return { disbursementId: 'strange', nonce: 0, rawTx, txHash: keccak256(rawTx) };
};

describe('a signature', () => {
  it('has the same bytes for the same input', async () => {
    const payment = aPayment();
    const intent = await chain.signer(payment, aRequest(0), patient);
    const other = await dev.open();
    expect(await other.signer(payment, aRequest(0), patient)).toEqual(intent);
    expect(intent.disbursementId).toBe(payment.id);
  });

  it('is refused for a payee that takes no money, whatever its revert says', async () => {
    await dev.setCode(PAYEE, REVERTING_CODE);
    const error = await failureOf(chain.signer(aPayment(), aRequest(0), patient));
    expect(error).toBeInstanceOf(SigningError);
    expect((error as SigningError).transient).toBe(false);
    expect((error as SigningError).message).toContain(PAYEE);
  });

  it('pays a contract that takes money', async () => {
    await dev.setCode(PAYEE, '0x600160005500'); // SSTORE(0, 1), STOP
    const intent = await pay(chain);
    expect((await minedVerdictOf(chain, intent)).status).toBe('executed');
  });

  it('replaces a stuck payment by a fill of its nonce', async () => {
    await dev.setAutomine(false);
    const stuck = await pay(chain);
    const atLeast = { maxFeePerGas: 10n * 10n ** 9n, maxPriorityFeePerGas: 2n * 10n ** 9n };
    const request = aRequest(0, [], { purpose: 'fill', fee: { atLeast } });
    const fill = await chain.signer(aPayment(), request, patient);
    await chain.submitter(fill, patient);
    await dev.mine();
    expect((await chain.lookup(fill, patient)).status).toBe('executed');
    expect((await chain.lookup(stuck, patient)).status).toBe('replaced');
  });
});

describe('the balance', () => {
  const rich = 5n * ETHER;

  it('cancels what it cannot pay, with what there is and what it takes', async () => {
    await dev.setBalance(chain.address, ETHER);
    const error = await failureOf(chain.signer(aPayment(), aRequest(0), patient));
    expect(error).toBeInstanceOf(CancelledError);
    expect((error as Error).message).toContain(
      `have ${ETHER}, need ${ETHER + 63_000n * 10n ** 9n} base units`,
    );
  });

  it('counts what is promised to rows that are not mined', async () => {
    await dev.setBalance(chain.address, rich);
    await dev.setAutomine(false);
    const out = [await pay(chain, aPayment({ amount: 3n * ETHER }))];
    const error = await failureOf(chain.signer(aPayment({ amount: 2n * ETHER }), aRequest(1, out), patient));
    expect(error).toBeInstanceOf(CancelledError);
    await chain.signer(aPayment(), aRequest(1, out), patient);
  });

  it('does not count a mined row twice that the executor still counts', async () => {
    await dev.setBalance(chain.address, rich);
    const out = [await payMined(chain, aPayment({ amount: 3n * ETHER }))];
    expect(await dev.transactionsOf(chain.address)).toBe(1);
    await payMined(chain); // mined too, and in no list: the view must come from the chain as it is
    const amount = rich - 4n * ETHER - ETHER / 100n;
    await chain.signer(aPayment({ amount }), aRequest(2, out), patient);
  });

  it('is enough for a payment of nearly everything beside pending ones', async () => {
    await dev.setBalance(chain.address, rich);
    await dev.setAutomine(false);
    const out = [await pay(chain, aPayment({ amount: 2n * ETHER }))];
    await chain.signer(aPayment({ amount: 2n * ETHER + ETHER / 2n }), aRequest(1, out), patient);
  });
});

describe('bytes that the node will not take', () => {
  const verdictOf = async (more: object) => {
    const error = await failureOf(chain.submitter(await strangeIntent(more), patient));
    return error instanceof SubmissionError ? error.verdict : (error as Error).name;
  };

  it('are named for what they are', async () => {
    expect(await verdictOf({ chainId: 5 })).toBe('ConfigurationError');
    expect(await verdictOf({ gas: 20_999n })).toBe('refused');
    expect(await verdictOf({ gas: 60_000_000n })).toBe('refused');
    expect(await verdictOf({ maxFeePerGas: 1n, maxPriorityFeePerGas: 1n })).toBe('refused');
    expect(await verdictOf({ value: 10n ** 30n })).toBe('CancelledError');
    await dev.setAutomine(false);
    await pay(chain);
    expect(await verdictOf({})).toBe('outage'); // it underbids the one that is pending
  });

  it('do not leave when they are not the bytes of the stored hash', async () => {
    const intent = await chain.signer(aPayment(), aRequest(0), patient);
    const torn = { ...intent, rawTx: `${intent.rawTx.slice(0, -2)}00` };
    expect(await failureOf(chain.submitter(torn, patient))).toBeInstanceOf(ConfigurationError);
    expect(await chain.nextNonce(patient)).toBe(0);
  });

  it('stop the signer when the chain id has changed', async () => {
    await dev.setChainId(5);
    expect(await failureOf(chain.signer(aPayment(), aRequest(0), patient))).toBeInstanceOf(
      ConfigurationError,
    );
  });
});
