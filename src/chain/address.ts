import { getAddress } from 'viem/utils';

const HEX_ADDRESS = /^0x[0-9a-fA-F]{40}$/;

/** What is wrong with an address, if anything: `undefined` for one that may be paid to. */
export type AddressFault = 'shape' | 'checksum';

/**
 * Looks at the text of an address as people write it.
 *
 * All lower and all upper case carry no checksum and pass; mixed case must be the EIP-55 form
 * (https://eips.ethereum.org/EIPS/eip-55), so that a mistyped character is found before money leaves.
 */
export function addressFault(text: string): AddressFault | undefined {
  if (!HEX_ADDRESS.test(text)) return 'shape';
  const digits = text.slice(2);
  if (digits === digits.toLowerCase() || digits === digits.toUpperCase()) return undefined;
  return getAddress(text) === text ? undefined : 'checksum';
}
