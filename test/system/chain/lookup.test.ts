import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EvmChain } from '../../../src/chain/evm.ts';
import { SubmissionError } from '../../../src/errors.ts';
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
  chain = await dev.open({ epochBlocks: 10 });
});
afterEach(async () => {
  chain.close();
  await dev.stop();
});

describe('a payment', () => {
  it('is unknown, pending, executed, and gains confirmations', async () => {
    await dev.setAutomine(false);
    const before = await dev.balanceOf(PAYEE);
    const intent = await chain.signer(aPayment(), aRequest(0), patient);
    expect(await chain.lookup(intent, patient)).toEqual({ status: 'unknown', confirmations: 0 });
    expect(await chain.submitter(intent, patient)).toBe(intent.txHash);
    expect(await chain.lookup(intent, patient)).toEqual({ status: 'pending', confirmations: 0 });
    expect(await chain.nextNonce(patient)).toBe(1);
    await dev.mine();
    expect(await chain.lookup(intent, patient)).toEqual({ status: 'executed', confirmations: 1 });
    await dev.mine(11);
    expect(await chain.lookup(intent, patient)).toEqual({ status: 'executed', confirmations: 12 });
    expect((await dev.balanceOf(PAYEE)) - before).toBe(ETHER);
  });

  it('is reverted when the payee turns into a contract that takes no money', async () => {
    const intent = await chain.signer(aPayment(), aRequest(0), patient);
    await dev.setCode(PAYEE, REVERTING_CODE);
    await chain.submitter(intent, patient);
    expect(await minedVerdictOf(chain, intent)).toEqual({ status: 'reverted', confirmations: 1 });
  });

  it('is unknown again when the pool drops it or its block vanishes', async () => {
    await dev.setAutomine(false);
    const dropped = await pay(chain);
    await dev.drop(dropped.txHash);
    expect((await chain.lookup(dropped, patient)).status).toBe('unknown');
    const mined = await pay(chain);
    await dev.mine();
    await dev.ask('anvil_rollback', 1);
    expect((await chain.lookup(mined, patient)).status).not.toBe('executed');
  });

  it('is replaced where another transaction of the nonce is seen in a block, however deep', async () => {
    // Another amount: with the same one it would be the same transaction, hash and all.
    const intent = await chain.signer(aPayment({ amount: 1n }), aRequest(1), patient);
    await payMined(chain);
    await dev.mine(5);
    expect(await chain.lookup(intent, patient)).toEqual({ status: 'unknown', confirmations: 0 });
    const other = await payMined(chain);
    expect(await chain.lookup(intent, patient)).toEqual({ status: 'replaced', confirmations: 1 });
    expect((await chain.lookup(other, patient)).status).toBe('executed');
    await payMined(chain);
    for (const blocks of [1, 6, 70]) {
      const before = (await chain.lookup(intent, patient)).confirmations;
      await dev.mine(blocks);
      expect(await chain.lookup(intent, patient)).toEqual({
        status: 'replaced',
        confirmations: before + blocks,
      });
    }
  });

  it('is not replaced by a transaction that waits in the pool, nor once its block is gone', async () => {
    await dev.setAutomine(false);
    const intent = await chain.signer(aPayment({ amount: 1n }), aRequest(0), patient);
    await pay(chain);
    expect(await chain.lookup(intent, patient)).toEqual({ status: 'unknown', confirmations: 0 });
    await dev.mine();
    expect(await chain.lookup(intent, patient)).toEqual({ status: 'replaced', confirmations: 1 });
    await dev.ask('anvil_rollback', 1);
    expect((await chain.lookup(intent, patient)).status).toBe('unknown');
  });

  it('costs at most what its intent says', async () => {
    const before = await chain.balance(patient);
    const { maxCost = 0n } = await payMined(chain);
    const spent = before - (await chain.balance(patient));
    expect(spent).toBeGreaterThan(ETHER);
    expect(spent).toBeLessThanOrEqual(maxCost);
  });
});

describe('bytes that are sent again', () => {
  it('are known already, pending or mined', async () => {
    await dev.setAutomine(false);
    const intent = await pay(chain);
    const again = async () => {
      const error = await failureOf(chain.submitter(intent, patient));
      expect(error).toBeInstanceOf(SubmissionError);
      expect((error as SubmissionError).verdict).toBe('alreadyKnown');
    };
    await again();
    await dev.mine();
    await again();
    expect(await dev.transactionsOf(chain.address)).toBe(1);
  });
});

describe('the chain', () => {
  it('is named by id, genesis and account', async () => {
    expect(chain.chainId).toBe(31337);
    expect(chain.genesisHash).toBe(dev.genesisHash);
    expect(chain.address).toBe('0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266');
  });

  it('has an epoch of so many blocks', async () => {
    expect(await chain.epochSource(patient)).toBe(0);
    await dev.mine(9);
    expect(await chain.epochSource(patient)).toBe(0);
    await dev.mine();
    expect(await chain.epochSource(patient)).toBe(1);
  });

  it('fails after it is closed', async () => {
    chain.close();
    expect(await failureOf(chain.nextNonce(patient))).toBeInstanceOf(SubmissionError);
  });
});
