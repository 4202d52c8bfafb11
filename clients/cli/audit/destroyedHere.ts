/** Destroyed entries while a running hub's log is read here: their hashes come from the hub, and entries that are read must tell of them. */
import { fromBase64 } from '../../../log/base64.ts';
import { destructionIn, destructionUnit, hashesDigest, isTold } from '../../../log/destruction.ts';
import { logFinding, type LogFinding } from '../../../log/finding.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { parseLeaf } from '../../../log/parseLeaf.ts';
import { Problem } from '../../../terms/problem.ts';
import type { StaffReader } from './staffReader.ts';

interface Claimed {
  readonly first: number;
  readonly stays: readonly number[];
  readonly staying: ReadonlySet<number>;
  readonly hashes: readonly Uint8Array[];
  readonly index: number;
  readonly orderIndex: number;
}

/** Nothing here is believed: the hashes must lead to the signed root, and the destructions must be told by entries that do. */
export class DestroyedHere {
  private readonly units: ReadonlyMap<number, Claimed>;
  private readonly telling: ReadonlySet<number>;
  private readonly leaves = new Map<number, Leaf>();
  private readonly used = new Set<number>();

  /** @param claimed as the hub lists them */
  constructor(claimed: readonly Claimed[]) {
    this.units = new Map(claimed.map((unit) => [unit.first, unit]));
    this.telling = new Set(claimed.flatMap(({ index, orderIndex }) => [index, orderIndex]));
  }

  /** Entries whose hashes were taken. */
  get count(): number {
    return [...this.used].reduce(
      (sum, first) => sum + destructionUnit - (this.units.get(first)?.stays.length ?? 0),
      0,
    );
  }

  /** Hashes of the destroyed entries from an index on, up to the next one that stays, and below `end`. */
  from(index: number, end: number): readonly Uint8Array[] {
    const hashes: Uint8Array[] = [];
    for (let at = index; at < end; at += 1) {
      const hash = this.hashAt(at);
      if (hash === undefined) break;
      this.used.add(at - (at % destructionUnit));
      hashes.push(hash);
    }
    return hashes;
  }

  isDestroyed(index: number): boolean {
    return this.hashAt(index) !== undefined;
  }

  private hashAt(index: number): Uint8Array | undefined {
    const first = index - (index % destructionUnit);
    const unit = this.units.get(first);
    return unit === undefined || unit.staying.has(index) ? undefined : unit.hashes[index - first];
  }

  /** An entry as it was read. */
  see(index: number, bytes: Uint8Array): void {
    if (!this.telling.has(index)) return;
    try {
      this.leaves.set(index, parseLeaf(bytes));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }

  /** What is wrong with the destructions whose hashes were taken. @param since entries below it were verified before and not read */
  findings(since = 0): readonly LogFinding[] {
    return [...this.used].flatMap((first) => {
      const unit = this.units.get(first);
      if (unit === undefined) return [];
      const told = this.leaves.get(unit.index);
      const order = unit.orderIndex < since ? 'unseen' : this.leaves.get(unit.orderIndex);
      if (!isTold(unit, told, order))
        return [logFinding('destruction_untold', { first, last: first + destructionUnit - 1 })];
      const kept = told === undefined ? undefined : destructionIn(told)?.hashes;
      return kept === hashesDigest(unit.hashes)
        ? []
        : [logFinding('destroyed_hashes_altered', { index: first })];
    });
  }
}

/** What the hub says was destroyed. */
export async function destroyedIn(hub: Pick<StaffReader, 'ask'>): Promise<DestroyedHere> {
  const claimed: Claimed[] = [];
  let from: unknown = 0;
  while (typeof from === 'number') {
    const page: Readonly<Record<string, unknown>> = await hub.ask('GET', `/v1/log/destructions?from=${from}`);
    const listed = Array.isArray(page['destructions']) ? (page['destructions'] as unknown[]) : [];
    claimed.push(...listed.flatMap((one) => claimedUnit(one) ?? []));
    const next = page['next'];
    from = typeof next === 'number' && next > from ? next : undefined;
  }
  return new DestroyedHere(claimed);
}

/** Undefined for what cannot be used: its entries are then missing. */
function claimedUnit(value: unknown): Claimed | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { first, stays, hashes, index, orderIndex } = value as Record<string, unknown>;
  const bytes = typeof hashes === 'string' ? fromBase64(hashes) : undefined;
  if (bytes?.length !== destructionUnit * 32 || !Array.isArray(stays)) return undefined;
  if (typeof first !== 'number' || typeof index !== 'number' || typeof orderIndex !== 'number')
    return undefined;
  const staying = stays.filter((one): one is number => typeof one === 'number');
  return {
    ...{ first, index, orderIndex, stays: staying, staying: new Set(staying) },
    hashes: Array.from({ length: destructionUnit }, (_, at) => bytes.subarray(at * 32, at * 32 + 32)),
  };
}
