import type { Disbursement } from '../../machines/index.ts';
import { Random } from '../simulation/random.ts';

const GWEI = 10n ** 9n;
/** More than the account ever has. */
const UNPAYABLE = 10n ** 30n;
/** Dependencies reach back so far. */
const MEMORY = 40;

/**
 * What is asked for, one payee each and no two amounts alike, so that no sum hides that one was paid for another. Some
 * wait for others, some for the next epoch, and some nobody could pay.
 */
export class Payouts {
  readonly #random: Random;
  readonly #asked: Disbursement[] = [];
  /** Those that can be paid, newest last. */
  #payable: string[] = [];

  constructor(seed: number | string) {
    this.#random = new Random(`killtest/${seed}/payouts`);
  }

  get asked(): readonly Disbursement[] {
    return this.#asked;
  }

  next(count: number, epoch: number): readonly Disbursement[] {
    return Array.from({ length: count }, () => this.#one(epoch));
  }

  #one(epoch: number): Disbursement {
    const random = this.#random;
    const number = this.#asked.length + 1;
    const kind = random.next();
    const isPayable = kind >= 0.01;
    const [last] = this.#payable.slice(-1);
    const payout: Disbursement = {
      id: `K-${String(number).padStart(6, '0')}`,
      destination: `0xd1e${number.toString(16).padStart(37, '0')}`,
      amount: (isPayable ? 0n : UNPAYABLE) + BigInt(number) * GWEI + BigInt(number),
      memo: 'killtest',
      scheduledEpoch: kind >= 0.01 && kind < 0.05 ? epoch + 1 : 0,
      dependsOn:
        last !== undefined && kind >= 0.8 ? [...new Set([last, random.pick(this.#payable)])].toSorted() : [],
    };
    this.#asked.push(payout);
    if (isPayable) this.#payable = [...this.#payable.slice(1 - MEMORY), payout.id];
    return payout;
  }
}
