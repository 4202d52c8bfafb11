/** Describes in words how far the parts of stored exchanges were checked: a reader must see which accesses were not. */
import type { Extent, ExchangeCheck } from '../../../log/receipt/verifyExchange.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { destroyedText } from '../../../log/pack/destroyedAmong.ts';
import type { PackCheck } from '../../../log/pack/verifyPack.ts';
import { fromBase64 } from '../../../log/base64.ts';
import { destructionIn, destructionUnit, hashesDigest, isRecorded } from '../../../log/destruction.ts';
import { logFinding, type LogFinding } from '../../../log/finding.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { parseLeaf } from '../../../log/parseLeaf.ts';
import { Problem } from '../../../terms/problem.ts';
import type { StaffReader } from './staffReader.ts';

const words: Readonly<Record<Extent, Bilingual>> = {
  absent: { zh: '未给出', en: 'not there' },
  failed: { zh: '不成立', en: 'does not hold' },
  body: { zh: '仅正文与条目相符', en: 'its body alone agrees with the entry' },
  unsigned: { zh: '与条目相符，签名未核验', en: 'agrees with the entry, its signature not checked' },
  verified: { zh: '已核验', en: 'verified' },
};

const joined = (parts: readonly Bilingual[]): Bilingual => ({
  zh: parts.map(({ zh }) => zh).join('；'),
  en: parts.map(({ en }) => en).join('; '),
});

/** One exchange: `request: verified; reply: not there; receipt: verified`. */
export const extentsOf = ({ request, reply, receipt }: ExchangeCheck['parts']): Bilingual =>
  joined([
    { zh: `请求：${words[request].zh}`, en: `request: ${words[request].en}` },
    { zh: `答复：${words[reply].zh}`, en: `reply: ${words[reply].en}` },
    { zh: `回执：${words[receipt].zh}`, en: `receipt: ${words[receipt].en}` },
  ]);

/** Several: `requests: 3 verified, 1 not there; replies: …`. */
function extentsOfAll(all: readonly ExchangeCheck['parts'][]): Bilingual {
  const counted = (part: keyof ExchangeCheck['parts']): Bilingual => {
    const counts = new Map<Extent, number>();
    for (const parts of all) counts.set(parts[part], (counts.get(parts[part]) ?? 0) + 1);
    return {
      zh: [...counts].map(([extent, n]) => `${n} 份${words[extent].zh}`).join('，'),
      en: [...counts].map(([extent, n]) => `${n} ${words[extent].en}`).join(', '),
    };
  };
  const [requests, replies] = [counted('request'), counted('reply')];
  return joined([
    { zh: `请求：${requests.zh}`, en: `requests: ${requests.en}` },
    { zh: `答复：${replies.zh}`, en: `replies: ${replies.en}` },
  ]);
}

/* The summary of a pack's verification: 完好 only for a log that is complete here. */

/** @param heads number of stored checkpoints. For less than the whole log, the text states what is left out. */
export function packExtent(
  { checkpoint, entries, whole, leftOut, destroyed, exchanges }: PackCheck,
  heads: number,
): Bilingual {
  const [origin, size] = [checkpoint?.origin ?? '', checkpoint?.size ?? 0];
  const extents = extentsOfAll(exchanges.map(({ parts }) => parts));
  const compared = {
    zh: `留存检查点 ${heads} 个、回执 ${exchanges.length} 份均一致${exchanges.length === 0 ? '' : `（${extents.zh}）`}`,
    en: `stored checkpoints (${heads}) and receipts (${exchanges.length}) agree${exchanges.length === 0 ? '' : ` (${extents.en})`}`,
  };
  if (whole) {
    return {
      zh: `日志完好：${origin}，${size} 条全部在此并逐条核验；${compared.zh}`,
      en: `the log is intact: ${origin}, all ${size} entries are here and proven one by one; ${compared.en}`,
    };
  }
  const gone = destroyedText(destroyed);
  if (leftOut.length === 0) {
    return {
      zh: `日志完好：${origin} 共 ${size} 条，未销毁的 ${entries.length} 条全部在此并逐条核验；${gone.zh}；${compared.zh}`,
      en: `the log is intact: ${origin} has ${size} entries; all ${entries.length} that were not destroyed are here and proven one by one; ${gone.en}; ${compared.en}`,
    };
  }
  const gaps = rangesText(leftOut);
  return {
    zh: `所附条目成立，但不是整个日志：${origin} 共 ${size} 条，此处 ${entries.length} 条逐条核验；未包含第 ${gaps} 条，对它们不作任何说明；${gone.zh === '' ? '' : `${gone.zh}；`}${compared.zh}`,
    en: `the entries here are valid, but they are not the whole log: ${origin} has ${size} entries, ${entries.length} of them are proven here; not included: ${gaps}; ${gone.en === '' ? '' : `${gone.en}; `}${compared.en}`,
  };
}

const maxRanges = 8;

function rangesText(ranges: PackCheck['leftOut']): string {
  const shown = ranges
    .slice(0, maxRanges)
    .map(({ first, end }) => (end - first === 1 ? `${first}` : `${first}–${end - 1}`));
  return [...shown, ...(ranges.length > maxRanges ? [`… (${ranges.length})`] : [])].join(', ');
}

/**
 * Destroyed entries while a running hub's log is read here. Their hashes come from the hub, and entries that are read must confirm them.
 */
interface Claimed {
  readonly first: number;
  readonly stays: readonly number[];
  readonly staying: ReadonlySet<number>;
  readonly hashes: readonly Uint8Array[];
  readonly index: number;
  readonly orderIndex: number;
}

/** Trusts no statement of the hub: the hashes must lead to the signed root, and entries that do so must record the destructions. */
export class DestroyedHere {
  private readonly units: ReadonlyMap<number, Claimed>;
  /** indices of entries that record a destruction */
  private readonly recording: ReadonlySet<number>;
  private readonly leaves = new Map<number, Leaf>();
  private readonly used = new Set<number>();

  /** @param claimed as the hub lists them */
  constructor(claimed: readonly Claimed[]) {
    this.units = new Map(claimed.map((unit) => [unit.first, unit]));
    this.recording = new Set(claimed.flatMap(({ index, orderIndex }) => [index, orderIndex]));
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
    if (!this.recording.has(index)) return;
    try {
      this.leaves.set(index, parseLeaf(bytes));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }

  /** Findings about the destructions whose hashes were taken. @param since entries below it were verified before and not read */
  findings(since = 0): readonly LogFinding[] {
    return [...this.used].flatMap((first) => {
      const unit = this.units.get(first);
      if (unit === undefined) return [];
      const reported = this.leaves.get(unit.index);
      const order = unit.orderIndex < since ? 'unseen' : this.leaves.get(unit.orderIndex);
      if (!isRecorded(unit, reported, order))
        return [logFinding('destruction_untold', { first, last: first + destructionUnit - 1 })];
      const retained = reported === undefined ? undefined : destructionIn(reported)?.hashes;
      return retained === hashesDigest(unit.hashes)
        ? []
        : [logFinding('destroyed_hashes_altered', { index: first })];
    });
  }
}

/** Destroyed units, as the hub reports them. */
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

/** Undefined for an unusable value: its entries are then missing. */
function claimedUnit(value: unknown): Claimed | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { first, stays, hashes, index, orderIndex } = value as Record<string, unknown>;
  const bytes = typeof hashes === 'string' ? fromBase64(hashes) : undefined;
  if (bytes?.length !== destructionUnit * 32 || !Array.isArray(stays)) return undefined;
  if (typeof first !== 'number' || typeof index !== 'number' || typeof orderIndex !== 'number')
    return undefined;
  const staying = stays.filter((one): one is number => typeof one === 'number');
  return {
    first,
    index,
    orderIndex,
    stays: staying,
    staying: new Set(staying),
    hashes: Array.from({ length: destructionUnit }, (_, at) => bytes.subarray(at * 32, at * 32 + 32)),
  };
}
