import { privateKeyToAccount } from 'viem/accounts';
import { ConfigurationError } from '../errors.ts';

/**
 * The account of a private key, 32 bytes in hexadecimal, with or without `0x`.
 *
 * @throws ConfigurationError when it is none
 */
export const openAccount = (privateKey: string) => {
  const digits = privateKey.startsWith('0x') ? privateKey.slice(2) : privateKey;
  try {
    if (/^[0-9a-f]{64}$/i.test(digits)) return privateKeyToAccount(`0x${digits}`);
  } catch {
    // Zero, or beyond the order of the curve. The library's error may quote the key, so it goes no further.
  }
  throw new ConfigurationError('the private key must be 32 bytes in hexadecimal, and a valid secp256k1 key');
};
