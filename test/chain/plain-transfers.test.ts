import { getAddress, parseTransaction } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Disbursement } from '../../machines/index.ts';
import { createAccountReader } from '../../src/chain/account-view.ts';
import type { Rpc } from '../../src/chain/rpc.ts';
import { RpcFault } from '../../src/chain/rpc-fault.ts';
import { createSigner } from '../../src/chain/signer.ts';
import { DEV_PRIVATE_KEY } from '../../src/dev/anvil.ts';
import { SigningError } from '../../src/errors.ts';
import { aPayment, aRequest, failureOf, PAYEE, patient } from '../support/chain.ts';

const account = privateKeyToAccount(DEV_PRIVATE_KEY);
const CONTRACT = `0x${'c0'.repeat(20)}`;
const STRANGERS = (to: string) =>
  ![PAYEE, CONTRACT, account.address.toLowerCase()].includes(to.toLowerCase());

/** A chain of constants, where a contract takes 40,000 gas; `asked` are codes and estimates, in order. */
class Node {
  readonly asked: string[] = [];
  code: (to: string) => unknown = (to) => (to === CONTRACT ? '0x00' : '0x');
  gas: (to: string) => unknown = (to) => (to === CONTRACT ? 40_000 : 21_000);

  readonly rpc: Rpc = {
    request: async (method, params) => {
      const [first] = params as [string & { to: string; value: string }];
      if (method === 'eth_getCode') return this.#tell(`code ${first}`, this.code(first));
      if (method === 'eth_estimateGas') {
        const { to, value } = first;
        const told = this.#tell(`gas ${to.toLowerCase()} ${value}`, this.gas(to.toLowerCase()));
        return `0x${Number(told).toString(16)}`;
      }
      if (method === 'eth_getBlockByNumber') return { number: '0x64', baseFeePerGas: '0x1' };
      if (method === 'eth_chainId') return '0x7a69';
      return method === 'eth_getBalance' ? '0xde0b6b3a7640000' : '0x0';
    },
    close: () => {},
  };

  #tell(what: string, answer: unknown): unknown {
    this.asked.push(what);
    if (answer instanceof Error) throw answer;
    return answer;
  }
}

let node: Node;
let time: { now: number };
let signer: ReturnType<typeof createSigner>;

beforeEach(() => {
  node = new Node();
  time = { now: 0 };
  const clock = { now: () => time.now };
  const { rpc } = node;
  const reader = createAccountReader({ rpc, address: account.address, chainId: 31337, clock });
  signer = createSigner({ rpc, account, chainId: 31337, reader, clock });
});

const to = (destination: string): Disbursement => aPayment({ destination, amount: 1n });
const gasOf = async (row: Disbursement) =>
  parseTransaction((await signer(row, aRequest(0), patient)).rawTx as `0x${string}`).gas;
const prepare = async (...rows: readonly Disbursement[]) => signer.prepare?.(rows, patient);
const askedOf = (part: string) => node.asked.filter((each) => each.startsWith(part));
/** What was asked since it was called last. */
const asked = () => node.asked.splice(0);
const priced = async () => {
  await gasOf(to(PAYEE));
  asked();
};

describe('a payment to an address without code', () => {
  it('is not estimated, where transfers cost the usual', async () => {
    await priced();
    expect(await gasOf(to(PAYEE))).toBe(21_000n);
    expect(asked()).toEqual([`code ${PAYEE}`]);
  });

  it('is estimated where it has code, which a delegation is too', async () => {
    await priced();
    expect(await gasOf(to(CONTRACT))).toBe(50_000n);
    node.code = () => `0xef0100${'11'.repeat(20)}`;
    await gasOf(to(PAYEE));
    expect(asked()).toEqual([`code ${CONTRACT}`, `gas ${CONTRACT} 0x1`, `code ${PAYEE}`, `gas ${PAYEE} 0x1`]);
  });

  it.each(['0x1', '0xffff'])('is estimated where it is a precompile: %s', async (short) => {
    const low = `0x${short.slice(2).padStart(40, '0')}`;
    expect(await gasOf(to(low))).toBe(21_000n);
    expect(asked()).toEqual([`gas ${low} 0x1`]);
  });

  it('is none of the lowest from the next address on', async () => {
    await priced();
    const first = `0x${'10000'.padStart(40, '0')}`;
    await prepare(to(first));
    await gasOf(to(first));
    expect(asked()).toEqual([`code ${first}`, `code ${first}`]);
  });

  it('is estimated where the node does not tell codes', async () => {
    await priced();
    for (const answer of [new RpcFault('answered', 'no such method'), null, '', 7]) {
      node.code = () => answer;
      expect(await gasOf(to(PAYEE))).toBe(21_000n);
      expect(asked()).toEqual([`code ${PAYEE}`, `gas ${PAYEE} 0x1`]);
    }
  });

  it('is a signer that is out where the RPC is', async () => {
    await priced();
    node.code = () => new RpcFault('unanswered', 'no answer');
    const error = await failureOf(signer(to(PAYEE), aRequest(0), patient));
    expect(error).toBeInstanceOf(SigningError);
    expect(error).toMatchObject({ transient: true });
    expect(asked()).toEqual([`code ${PAYEE}`]);
  });
});

describe('the price of a transfer', () => {
  it('is asked for once a minute: of one to oneself, and of one to an account that is not there', async () => {
    for (const [now, times] of [
      [0, 1],
      [59_999, 1],
      [60_000, 2],
    ] as const) {
      time.now = now;
      await gasOf(to(PAYEE));
      expect(askedOf(`gas ${account.address.toLowerCase()} 0x0`)).toHaveLength(times);
    }
    const others = askedOf('gas').filter((each) => STRANGERS(each.split(' ')[1] ?? ''));
    expect(others).toHaveLength(2);
    expect(others[0]).toMatch(/^gas 0x[0-9a-f]{40} 0x1$/);
  });

  it.each([
    ['any transfer', () => 21_001],
    ['oneself alone', (to: string) => (to === account.address.toLowerCase() ? 25_000 : 21_000)],
    ['a new account', (to: string) => (STRANGERS(to) ? 600_000 : 21_000)],
    ['less than the usual', () => 6_000],
  ])('that is another for %s means that everything is estimated', async (_, gas) => {
    node.gas = gas;
    await priced();
    await prepare(to(PAYEE));
    await gasOf(to(PAYEE));
    expect(asked()).toEqual([`gas ${PAYEE} 0x1`]);
  });

  it('is asked for again when it was not told', async () => {
    node.gas = (to) => (to === PAYEE ? 21_000 : new RpcFault('answered', 'no'));
    expect(await gasOf(to(PAYEE))).toBe(21_000n);
    expect(askedOf('code')).toEqual([]);
    node.gas = () => new RpcFault('unanswered', 'no answer');
    expect(await failureOf(signer(to(PAYEE), aRequest(0), patient))).toMatchObject({ transient: true });
    node.gas = () => 21_000;
    asked();
    await gasOf(to(PAYEE));
    expect(askedOf('gas')).toHaveLength(2);
    expect(askedOf('code')).toHaveLength(1);
  });
});

describe('rows that are told beforehand', () => {
  const OTHER = '0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc';

  it('have the codes of their payees asked for at once, each once', async () => {
    const rows = [to(PAYEE), to(getAddress(PAYEE)), to(OTHER), to(CONTRACT)];
    await priced();
    await prepare(...rows, to('0x12'), to(`0x${'1'.padStart(40, '0')}`));
    expect(asked()).toEqual([`code ${PAYEE}`, `code ${OTHER}`, `code ${CONTRACT}`]);
    const gas = [];
    for (const row of rows) gas.push(await gasOf(row));
    expect(gas).toEqual([21_000n, 21_000n, 21_000n, 50_000n]);
    expect(asked()).toEqual([`gas ${CONTRACT} 0x1`]);
  });

  it('use what was learnt once, for some seconds, and for what was told', async () => {
    const row = to(PAYEE);
    await prepare(row);
    asked();
    await gasOf(row);
    expect(asked()).toEqual([]);
    await gasOf(row);
    expect(asked()).toEqual([`code ${PAYEE}`]);
    await prepare(row);
    asked();
    time.now = 4_999;
    await gasOf({ ...row, destination: OTHER });
    expect(asked()).toEqual([`code ${OTHER}`]);
    await prepare(row);
    asked();
    time.now = 9_999;
    await gasOf(row);
    expect(asked()).toEqual([`code ${PAYEE}`]);
  });

  it('are forgotten for those of the next tick', async () => {
    const [first, second] = [to(PAYEE), to(OTHER)];
    await prepare(first);
    await prepare(second);
    asked();
    await gasOf(first);
    await gasOf(second);
    expect(asked()).toEqual([`code ${PAYEE}`]);
  });

  it('ask for themselves where that failed, and it says nothing of it', async () => {
    const [first, second] = [to(PAYEE), to(OTHER)];
    await priced();
    const { code } = node;
    node.code = (of) => (of === OTHER ? new RpcFault('unanswered', 'no answer') : code(of));
    await prepare(first, second);
    node.code = code;
    asked();
    await gasOf(first);
    await gasOf(second);
    expect(asked()).toEqual([`code ${OTHER}`]);
    time.now = 60_000;
    node.gas = () => new RpcFault('unanswered', 'no answer');
    await prepare(first);
    expect(askedOf('code')).toEqual([]);
  });
});
