import type { Selectable } from 'kysely';
import type { StoreSchema } from './schema.ts';
import { mayGo } from './transitions.ts';

type AuditRow = Selectable<StoreSchema['audit']>;
type StoredRow = Selectable<StoreSchema['disbursement']>;
type IntentRow = Pick<
  Selectable<StoreSchema['intent']>,
  'tx_hash' | 'disbursement_id' | 'ordinal' | 'nonce' | 'fence'
>;

/** All that is there of one disbursement, each list in its order. */
export interface AuditedRow {
  readonly id: string;
  /** Its part of the trail. */
  readonly trail: readonly AuditRow[];
  /** How it stands; `undefined` where the trail alone knows it. */
  readonly row: StoredRow | undefined;
  readonly intents: readonly IntentRow[];
}

/** What one line of the trail and the lines before it make of a row: all that can change, and what was imported. */
type Rebuilt = Partial<Record<keyof StoredRow, unknown>>;

/**
 * What does not agree about one disbursement: the trail with itself, with how the row stands, with the transactions that
 * were signed. Empty when all does. The trail is followed by what it says and nothing else.
 */
export function auditFaults({ id, trail, row, intents }: AuditedRow): readonly string[] {
  if (trail.length === 0) return ['it stands in the store, and nothing tells how it came there'];
  return [
    ...beginFaults(trail),
    ...stepFaults(trail),
    ...(row === undefined
      ? ['it is in the trail, and not in the store']
      : rowFaults(rebuild(id, trail), row)),
    ...intentFaults(trail, intents),
  ];
}

function beginFaults([first]: readonly AuditRow[]): readonly string[] {
  if (first === undefined) return [];
  const isImport = first.from_status === null && first.to_status === 'queued' && first.payload !== null;
  return isImport ? [] : [`its trail begins with entry ${first.seq}, which is no import`];
}

function stepFaults(trail: readonly AuditRow[]): readonly string[] {
  const faults: string[] = [];
  let fence = 0;
  for (const [i, entry] of trail.entries()) {
    const before = trail[i - 1];
    const { seq, from_status: from, to_status: to } = entry;
    if (before !== undefined) {
      if (entry.payload !== null) faults.push(`entry ${seq} imports it again`);
      if (from !== before.to_status) {
        faults.push(
          `entry ${seq} takes it from ${from}, where entry ${before.seq} had left it ${before.to_status}`,
        );
      } else if (!mayGo(from, to)) {
        faults.push(`entry ${seq} takes it from ${from} to ${to}, which no rule allows`);
      }
    }
    if (entry.fence === null) continue;
    if (entry.fence < fence) {
      faults.push(`entry ${seq} was written under fence ${entry.fence}, after fence ${fence} had written`);
    }
    fence = Math.max(fence, entry.fence);
  }
  return faults;
}

/** Each entry carries all that can change, so the newest one tells how the row stands. */
function rebuild(id: string, trail: readonly AuditRow[]): Rebuilt {
  const [first, last] = [trail[0], trail.at(-1)];
  if (first === undefined || last === undefined) return {};
  const { at, to_status, nonce, attempts, reason, not_before, gap } = last;
  return {
    ...parse(first.payload),
    ...{ id, created_at: first.at, updated_at: at },
    ...{ status: to_status, nonce, attempts, reason, not_before, gap },
  };
}

/** The trail is somebody's file: what stands there need not be what we wrote. */
function parse(payload: string | null): object {
  try {
    const value: unknown = JSON.parse(payload ?? '');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Whether and since when it is due is derived from the epoch, and no matter of the trail. */
function rowFaults(rebuilt: Rebuilt, { due: _, due_since: __, ...row }: StoredRow): readonly string[] {
  return Object.entries(row).flatMap(([column, stands]) => {
    const told = rebuilt[column as keyof StoredRow];
    return told === stands ? [] : [`its ${column} is ${shown(stands)}, and ${shown(told)} by the trail`];
  });
}

function intentFaults(trail: readonly AuditRow[], intents: readonly IntentRow[]): readonly string[] {
  const told = trail.filter(({ tx_hash }) => tx_hash !== null);
  const faults = intents.flatMap((intent, i) => {
    const { tx_hash, ordinal, nonce, fence } = intent;
    const entry = told[i];
    if (ordinal !== i + 1)
      return [`its transaction ${tx_hash} is number ${ordinal}, and ${i + 1} in its order`];
    if (entry?.tx_hash !== tx_hash)
      return [`its transaction ${tx_hash} is not in the trail, or not there in its order`];
    if (entry.nonce === nonce && entry.fence === fence) return [];
    return [
      `its transaction ${tx_hash} has nonce ${nonce} and fence ${fence}, and ${entry.nonce} and ${entry.fence} by the trail`,
    ];
  });
  return [
    ...faults,
    ...told
      .slice(intents.length)
      .map(({ seq, tx_hash }) => `entry ${seq} tells of transaction ${tx_hash}, which is not stored`),
  ];
}

/** Memos and reasons may be long, and are somebody's. */
function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
