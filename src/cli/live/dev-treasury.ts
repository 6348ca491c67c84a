import { DEV_ADDRESS, DEV_CHAIN_ID, DEV_PRIVATE_KEY } from '../../dev/anvil.ts';
import { chainFolder, endChain, type FoundChain, findOrStartChain } from '../../dev/dev-chain.ts';
import { makeRoom, removeStore } from '../../dev/dev-store.ts';
import { OutageDrill } from '../../dev/outage.ts';
import { startRpcProxy } from '../../dev/rpc-proxy.ts';
import type { Store } from '../../store/store.ts';
import { openTreasury, type Treasury, type TreasuryOptions } from '../../treasury.ts';
import { importDisbursementFile, readDisbursements } from '../import-file.ts';
import { openStore } from '../open-store.ts';
import { samplesFile } from '../samples.ts';
import { describeKeys, type Key, listenToKeys } from './keys.ts';
import type { Report } from './report.ts';

export interface DevTreasuryOptions {
  readonly report: Report;
  readonly db: string;
  readonly reset: boolean;
  /** File to import; the samples when there is none. */
  readonly disbursements: string | undefined;
  /** Listen to keys, where there is a terminal. */
  readonly hasKeys: boolean;
  /** The user wants to stop. */
  readonly interrupt: () => void;
  readonly treasury: Omit<TreasuryOptions, 'store' | 'rpcUrl' | 'privateKey'>;
}

/** A treasury with its own chain, and a switch between them. */
export interface DevTreasury {
  readonly treasury: Treasury;
  /** Ends what is beside the treasury. The chain goes on. */
  close(): Promise<void>;
}

/** Starts or finds the chain, imports the disbursements, and opens the treasury behind a proxy that can fail. */
export async function openDevTreasury(options: DevTreasuryOptions): Promise<DevTreasury> {
  const { report, db } = options;
  // The file first: a bad one starts nothing.
  const file = await readDisbursements(options.disbursements ?? samplesFile());
  if (options.reset) {
    await endChain(chainFolder(db));
    await removeStore(db);
  }
  const chain = await findOrStartChain(chainFolder(db));
  report.say(
    `local chain ${chain.isOld ? 'found' : 'started'} at ${chain.url} (process ${chain.pid}); it goes on when this ends`,
  );
  const store = await openDevStore(db, chain, report);
  const proxy = await startRpcProxy({ target: chain.url });
  const drill = new OutageDrill(proxy, ({ mode, endsInMs }) => {
    const end = endsInMs === null ? '' : ` for ${Math.round(endsInMs / 1000)} s`;
    report.say(
      mode === null ? 'outage over: the RPC answers again' : `outage: the RPC is broken (${mode})${end}`,
    );
  });
  try {
    const { imported, repeated } = await importDisbursementFile(store, file, { now: Date.now() });
    report.say(`${file.source}: ${imported} imported, ${repeated} already there`);
    const treasury = await openTreasury({
      ...options.treasury,
      store,
      rpcUrl: proxy.url,
      privateKey: DEV_PRIVATE_KEY,
      server: { ...options.treasury.server, outage: drill },
    });
    const stopListening = options.hasKeys ? listen(drill, report, options.interrupt) : () => {};
    return {
      treasury,
      close: async () => {
        stopListening();
        drill.close();
        await proxy.close();
      },
    };
  } catch (error) {
    drill.close();
    await proxy.close();
    await store.close();
    throw error;
  }
}

async function openDevStore(db: string, chain: FoundChain, report: Report): Promise<Store> {
  const store = await openStore(db, { create: true });
  const bound = await store.boundChain().finally(() => store.close());
  const binding = { chainId: DEV_CHAIN_ID, genesisHash: chain.genesisHash, signer: DEV_ADDRESS };
  const folder = await makeRoom(db, bound, binding, new Date());
  if (folder !== undefined) report.say(`the chain of the old store is gone: it was set aside in ${folder}`);
  return openStore(db, { create: true });
}

function listen(drill: OutageDrill, report: Report, interrupt: () => void): () => void {
  const keys: readonly Key[] = [
    { key: 'o', meaning: 'outage on/off', press: () => void drill.toggle('refuse') },
    { key: 'h', meaning: 'RPC hangs', press: () => void drill.toggle('hang') },
    { key: 'u', meaning: 'RPC answers 503', press: () => void drill.toggle('unavailable') },
    { key: 'q', meaning: 'quit', press: interrupt },
  ];
  if (process.stdin.isTTY) report.say(describeKeys(keys));
  return listenToKeys(keys, interrupt);
}
