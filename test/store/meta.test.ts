import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/errors.ts';
import { contentOf, open, openLeased, openNew, PAYEE } from './support.ts';

const BINDING = { chainId: 31_337, genesisHash: '0x0123', signer: PAYEE };

describe('the chain of a store', () => {
  it('is the first that it is bound to', async () => {
    const { store, path } = await openNew();
    await store.bindChain(BINDING);
    await store.bindChain(BINDING);
    await (await open(path)).bindChain(BINDING);
  });

  it.each([
    ['chainId 31337, not 1', { chainId: 1 }],
    ['genesisHash 0x0123, not 0x4567', { genesisHash: '0x4567' }],
    [`signer ${PAYEE}, not 0x00`, { signer: '0x00' }],
  ])('cannot be changed: %s', async (message, difference) => {
    const { store, path } = await openNew();
    await store.bindChain(BINDING);
    const before = contentOf(path);
    const refused = store.bindChain({ ...BINDING, ...difference });
    await expect(refused).rejects.toThrow(ConfigurationError);
    await expect(refused).rejects.toThrow(message);
    expect(contentOf(path)).toEqual(before);
  });
});

describe('the breaker', () => {
  it('is undefined in a new store', async () => {
    const { store } = await openNew();
    expect(await store.loadBreaker()).toBeUndefined();
  });

  it('is the last that was saved, for every connection', async () => {
    const { store, lease, path } = await openLeased();
    await store.saveBreaker(lease, { state: 'CLOSED', generation: 1 });
    await store.saveBreaker(lease, { state: 'OPEN', generation: 2, lastFailure: null });
    expect(await (await open(path)).loadBreaker()).toEqual({
      state: 'OPEN',
      generation: 2,
      lastFailure: null,
    });
  });
});
