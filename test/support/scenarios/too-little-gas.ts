import { keccak256 } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { World } from '../executor-world.ts';

/** Signs the same row with less gas than any transfer needs: nodes refuse it. */
export const signWithTooLittleGas = (world: World): void => {
  const account = privateKeyToAccount(world.privateKey);
  world.signer.onNext(async (real, row) => {
    const intent = await real();
    const rawTx = await account.signTransaction({
      type: 'eip1559',
      chainId: world.evm.chainId,
      to: row.destination as `0x${string}`,
      value: row.amount,
      nonce: intent.nonce,
      gas: 20_000n,
      maxFeePerGas: 10n ** 10n,
      maxPriorityFeePerGas: 1n,
    });
    return { ...intent, rawTx, txHash: keccak256(rawTx) };
  });
};
