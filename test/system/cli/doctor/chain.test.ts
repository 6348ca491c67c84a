import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { balance } from '../../../../src/cli/doctor/balance.ts';
import { clock } from '../../../../src/cli/doctor/clock.ts';
import { nonce } from '../../../../src/cli/doctor/nonce.ts';
import { rpc } from '../../../../src/cli/doctor/rpc.ts';
import { DEV_ADDRESS, DEV_CHAIN_ID, DEV_PRIVATE_KEY } from '../../../../src/dev/anvil.ts';
import { type RpcProxy, startRpcProxy } from '../../../../src/dev/rpc-proxy.ts';
import {
  aPayment,
  ETHER,
  pay,
  startRpcStub,
  startTestChain,
  type TestChain,
} from '../../../support/chain.ts';
import { inFolder, line } from './support.ts';

const { at, bound, found, holding, withStore } = inFolder();
let chain: TestChain;
let proxy: RpcProxy;

beforeAll(async () => {
  chain = await startTestChain();
});
afterAll(() => chain.stop());
beforeEach(async () => {
  await chain.ask('anvil_reset');
  proxy = await startRpcProxy({ target: chain.url });
  writeFileSync(at('key'), `${DEV_PRIVATE_KEY}\n`, { mode: 0o600 });
});
afterEach(() => proxy.close());

describe('rpc', () => {
  test('that refuses, and tells no credential', async () => {
    await proxy.setOutage('refuse');
    const rpcUrl = `${proxy.url.replace('//', '//user:hunter2@')}/secret-token`;
    const lines = await found(rpc, { rpcUrl, chainId: DEV_CHAIN_ID });
    expect(lines).toEqual(
      line('failed', /^no Ethereum RPC at .*ECONNREFUSED/, /start the node, or correct --rpc-url/),
    );
    expect(JSON.stringify(lines)).not.toMatch(/hunter2|secret-token/);
    await proxy.setOutage(undefined);
    expect(await found(rpc, { rpcUrl, chainId: DEV_CHAIN_ID })).toEqual(
      line(
        'ok',
        /^http:\/\/127\.0\.0\.1:\d+\/… answers in [\d.]+ ms: chain 31337, as --chain-id says, block 0$/,
      ),
    );
  });

  test('that hangs is not waited for longer than was said', async () => {
    await proxy.setOutage('hang');
    const flags = { rpcUrl: proxy.url, chainId: DEV_CHAIN_ID, checkTimeout: 100 };
    expect(await found(rpc, flags)).toEqual(line('failed', /no answer within 100 ms/, /--rpc-url/));
    expect(await found(balance, { ...flags, keyFile: at('key') })).toEqual(
      line('warning', /^not looked at: the chain cannot be asked$/, /"rpc"/),
    );
  });

  test('that serves another chain than is meant', async () => {
    const rpcUrl = proxy.url;
    expect(await found(rpc, { rpcUrl })).toEqual(line('warning', /bound to none yet/, /--chain-id/));
    expect(await found(rpc, { rpcUrl, chainId: 1 })).toEqual(
      line('failed', /serves chain 31337, not 1$/, /--rpc-url/),
    );
    expect(await found(rpc, { rpcUrl, chainId: DEV_CHAIN_ID })).toEqual(line('ok', /as --chain-id says/));
    await bound({ chainId: 5 });
    expect(await found(rpc, { rpcUrl })).toEqual(line('failed', /the store belongs to chain 5/, /with --db/));
    await bound({ genesisHash: chain.genesisHash }, at('right.db'));
    expect(await found(rpc, { rpcUrl, db: at('right.db') })).toEqual(
      line('ok', /which the store is bound to/),
    );
  });

  test('that refuses the key, or is still syncing', async () => {
    const answers: Readonly<Record<string, unknown>> = {
      eth_chainId: '0x1',
      eth_syncing: { currentBlock: '0x7' },
      eth_getBlockByNumber: { hash: `0x${'11'.repeat(32)}`, number: '0x7', timestamp: '0x1' },
    };
    const stub = await startRpcStub((_incoming, body, reply) => {
      const { id, method } = JSON.parse(body);
      reply.end(JSON.stringify({ jsonrpc: '2.0', id, result: answers[method] }));
    });
    try {
      const flags = { rpcUrl: stub.url, chainId: 1 };
      expect(await found(rpc, flags)).toEqual(line('warning', /still syncing, at block 7/, /^wait/));
      expect(await found(nonce, { ...flags, keyFile: at('key') })).toEqual(
        line('failed', /^eth_getTransactionCount: HTTP 200 without a JSON-RPC answer/),
      );
      stub.answer = (_incoming, _body, reply) => reply.writeHead(401).end();
      expect(await found(rpc, flags)).toEqual(line('failed', /HTTP 401/, /check the RPC URL and its key/));
    } finally {
      await stub.close();
    }
  });
});

describe('nonce', () => {
  test('beyond the store: not without the operator', async () => {
    const flags = { rpcUrl: proxy.url, keyFile: at('key') };
    await holding(5n);
    expect(await found(nonce, flags)).toEqual(
      line('ok', /^the account has used 0 nonces, and the store knows of 0$/),
    );
    const opened = await chain.open();
    await pay(opened);
    opened.close();
    expect(await found(nonce, flags)).toEqual(
      line(
        'failed',
        /has used 1 nonce, and the store knows of 0: /,
        /--adopt-nonce: 1 queued payment and .* a second time$/,
      ),
    );
    expect(await found(nonce, { ...flags, adoptNonce: true })).toEqual(
      line(
        'warning',
        /1 queued payment and what is imported anew may be paid already/,
        /treasury list --status queued/,
      ),
    );
    expect(await found(nonce, { ...flags, db: at('lost.db') })).toEqual(
      line('failed', /knows of 0/, /put the right store/),
    );
  });

  test('of the account that the store belongs to, where no key is given', async () => {
    expect(await found(nonce, { rpcUrl: proxy.url })).toEqual(
      line('warning', /which account pays/, /--key-file/),
    );
    await bound();
    expect(await found(nonce, { rpcUrl: proxy.url })).toEqual(line('ok', /used 0 nonces/));
    expect(await found(nonce)).toEqual(line('warning', /no endpoint/, /--rpc-url/));
  });
});

describe('balance', () => {
  test('that is nothing, and that is too little', async () => {
    await holding(ETHER, 2n * ETHER);
    const flags = { rpcUrl: proxy.url, keyFile: at('key') };
    await chain.setBalance(DEV_ADDRESS, 0n);
    const [nothing] = await found(balance, flags);
    expect([nothing]).toEqual(
      line('failed', /has nothing, for 2 open payments of 3000000000000000000 base/, /^send it \d+/),
    );
    await chain.setBalance(DEV_ADDRESS, ETHER);
    const [short] = await found(balance, flags);
    expect([short]).toEqual(
      line(
        'warning',
        /up to [1-9]\d* for gas: .* cancelled, unless --on-insufficient-funds hold/,
        /^send 2\d{18} base units/,
      ),
    );
    const missing = BigInt(/send (\d+)/.exec(short?.remedy ?? '')?.[1] ?? 0);
    await chain.setBalance(DEV_ADDRESS, ETHER + missing);
    expect(await found(balance, flags)).toEqual(line('ok', /^3\d{18} base units, for 2 open payments/));
  });
});

describe('clock', () => {
  /** Puts a `timedatectl` in the way that says this, or none. */
  const systemSays = (answer?: string) => {
    vi.stubEnv('PATH', at(''));
    const script = `#!/bin/sh\n[ "$*" = 'show --property=NTPSynchronized --value' ] && echo ${answer}\n`;
    if (answer !== undefined) writeFileSync(at('timedatectl'), script, { mode: 0o755 });
  };
  afterEach(() => vi.unstubAllEnvs());

  test('behind the chain, or behind the store', async () => {
    systemSays();
    const flags = { rpcUrl: proxy.url };
    expect(await found(clock, flags)).not.toContainEqual(expect.objectContaining({ verdict: 'failed' }));
    await chain.ask('evm_increaseTime', 3_600);
    await chain.mine();
    expect(await found(clock, flags)).toEqual(
      line('failed', /^the newest block is (?:60|59) min ahead of the clock$/, /NTP/),
    );
    await chain.ask('anvil_reset');
    expect(await found(clock)).toEqual(line('ok', /^[-\dT:.]+Z$/));
    await withStore((opened) => opened.importDisbursements([aPayment()], { now: Date.now() + 86_400_000 }));
    expect(await found(clock)).toEqual(
      line('failed', /^the store was changed 24 h ahead of the clock/, /NTP/),
    );
  });

  test('that the system does not keep, or does', async () => {
    systemSays('no');
    expect(await found(clock)).toEqual(line('warning', /not synchronised$/, /^set the clock by NTP/));
    systemSays('yes');
    expect(await found(clock)).toEqual(line('ok', /Z, synchronised$/));
  });
});
