import fc from 'fast-check';
import { privateKeyToAccount } from 'viem/accounts';
import { expect, it } from 'vitest';
import { openSigningAccount } from '../../src/chain/fast-signing.ts';
import { ConfigurationError } from '../../src/errors.ts';

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const hex = (value: bigint, bytes: number): `0x${string}` =>
  `0x${value.toString(16).padStart(2 * bytes, '0')}`;
const upTo = (max: bigint) => fc.bigInt({ min: 0n, max });

const fees = fc.oneof(
  fc.record({
    type: fc.constant('eip1559' as const),
    maxFeePerGas: upTo(10n ** 12n).map((tip) => tip + 10n ** 12n),
    maxPriorityFeePerGas: upTo(10n ** 12n),
  }),
  fc.record({ type: fc.constant('legacy' as const), gasPrice: upTo(10n ** 12n) }),
);

it('signs to the same bytes as viem, whatever it signs', async () => {
  const transactions = fc.tuple(
    fc.bigInt({ min: 1n, max: ORDER - 1n }),
    fees,
    upTo(2n ** 160n - 1n),
    upTo(2n ** 256n - 1n),
    fc.nat(2 ** 31),
    fc.integer({ min: 1, max: 2 ** 31 }),
    fc.integer({ min: 21_000, max: 1_000_000 }),
  );
  await fc.assert(
    fc.asyncProperty(transactions, async ([key, fees, to, value, nonce, chainId, gas]) => {
      const privateKey = hex(key, 32);
      const account = await openSigningAccount(privateKey);
      const theirs = privateKeyToAccount(privateKey);
      const transaction = { ...fees, to: hex(to, 20), value, nonce, chainId, gas: BigInt(gas) };
      expect(account.address).toBe(theirs.address);
      expect(await account.signTransaction(transaction)).toBe(await theirs.signTransaction(transaction));
    }),
    { numRuns: 200 },
  );
});

it('takes a key with and without 0x, and refuses what is none', async () => {
  const { address } = privateKeyToAccount(hex(5n, 32));
  expect((await openSigningAccount(hex(5n, 32))).address).toBe(address);
  expect((await openSigningAccount(hex(5n, 32).slice(2))).address).toBe(address);
  for (const key of [hex(0n, 32), hex(ORDER, 32), '0x12', 'no key']) {
    await expect(openSigningAccount(key)).rejects.toThrow(ConfigurationError);
  }
});

it('signs with the package that is installed here', async () => {
  // viem's own account can sign anything.
  expect(privateKeyToAccount(hex(7n, 32))).toHaveProperty('signMessage');
  expect(await openSigningAccount(hex(7n, 32))).not.toHaveProperty('signMessage');
});
