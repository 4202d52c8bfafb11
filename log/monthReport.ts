/**
 * Figures of a month, computed from the entries of the log alone, so that every holder of the entries gets the same figures. A call is one
 * request: a stream counts when it opens.
 */
import { consumerOf, dayOf } from './entryQuestion.ts';
import type { Leaf } from './leaf.ts';

export interface ReportFigures {
  readonly calls: number;
  readonly denied: number;
  /** delivered rows, and rows that the entries show as withheld */
  readonly rows: number;
  readonly withheld: number;
  /** cases with at least one answer */
  readonly cases: number;
  readonly consentsGiven: number;
  readonly consentsWithdrawn: number;
  /** accepted submissions, their valid rows and their problem records */
  readonly batches: number;
  readonly rowsIn: number;
  readonly badIn: number;
  /** answers to requests, demands and tickets until the last day of their deadline, and after it; by the party that had the deadline */
  readonly inTime: number;
  readonly late: number;
  /** denials by code, the most frequent first */
  readonly denials: Readonly<Record<string, number>>;
}

export interface MonthReport {
  readonly v: 1;
  /** `2026-11`, China time zone */
  readonly month: string;
  /** entries of the month, and the first and last of them; absent if there is none */
  readonly entries: number;
  readonly first?: number;
  readonly last?: number;
  readonly total: ReportFigures;
  /** the requesting or acting department */
  readonly byDepartment: Readonly<Record<string, ReportFigures>>;
  readonly byDataset: Readonly<Record<string, ReportFigures>>;
}

/** Whether an answer was in time, and the party that had the deadline: a department, or `office`. */
interface Clock {
  readonly of: string;
  readonly isInTime: boolean;
}

/** The deadline in the entry of an answer; the last day itself is in time. Undefined for all others. */
function clockIn({ kind, decision, change, at }: Leaf): Clock | undefined {
  const { due, clockOf } = change ?? {};
  if (kind !== 'management' || decision === 'deny') return undefined;
  if (typeof due !== 'string' || typeof clockOf !== 'string') return undefined;
  return { of: clockOf, isInTime: dayOf(at) <= due };
}

class Counter {
  private readonly sums = {
    calls: 0,
    denied: 0,
    rows: 0,
    withheld: 0,
    consentsGiven: 0,
    consentsWithdrawn: 0,
    batches: 0,
    rowsIn: 0,
    badIn: 0,
    inTime: 0,
    late: 0,
  };
  private readonly cases = new Set<string>();
  private readonly denials = new Map<string, number>();

  add(leaf: Leaf): void {
    const { kind, decision, batch, change } = leaf;
    const { sums } = this;
    if (kind === 'release') this.addRelease(leaf);
    if (decision === 'deny') return;
    if (kind === 'consent' && change?.['state'] === 'given') sums.consentsGiven += 1;
    if (kind === 'consent' && change?.['state'] === 'withdrawn') sums.consentsWithdrawn += 1;
    if (kind === 'intake' && batch !== undefined) {
      sums.batches += 1;
      sums.rowsIn += batch.rows;
      sums.badIn += batch.bad;
    }
  }

  private addRelease({ decision, code, rows, matter, stream }: Leaf): void {
    const { sums } = this;
    const isCall = stream === undefined || stream.state === 'open';
    if (isCall) sums.calls += 1;
    if (decision === 'deny') {
      if (!isCall) return;
      sums.denied += 1;
      this.denials.set(code ?? '', (this.denials.get(code ?? '') ?? 0) + 1);
      return;
    }
    sums.rows += rows?.delivered ?? 0;
    sums.withheld += rows?.withheld ?? 0;
    if (matter !== undefined) this.cases.add(matter);
  }

  /** @param clock as `clockIn` reads it */
  answer({ isInTime }: Clock): void {
    if (isInTime) this.sums.inTime += 1;
    else this.sums.late += 1;
  }

  figures(): ReportFigures {
    const { calls, denied, rows, withheld, ...more } = this.sums;
    const denials = [...this.denials].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    return {
      calls,
      denied,
      rows,
      withheld,
      cases: this.cases.size,
      ...more,
      denials: Object.fromEntries(denials),
    };
  }
}

/** Takes entries in any order, each once; those of other months are skipped. */
export class MonthCount {
  private readonly month: string;
  private readonly total = new Counter();
  private readonly departments = new Map<string, Counter>();
  private readonly datasets = new Map<string, Counter>();
  private readonly indexes: { first: number; last: number; entries: number } = {
    first: Infinity,
    last: -1,
    entries: 0,
  };

  /** @param month `2026-11` */
  constructor(month: string) {
    this.month = month;
  }

  add(index: number, leaf: Leaf): void {
    if (!dayOf(leaf.at).startsWith(`${this.month}-`)) return;
    const { indexes } = this;
    indexes.entries += 1;
    indexes.first = Math.min(indexes.first, index);
    indexes.last = Math.max(indexes.last, index);
    this.total.add(leaf);
    counterOf(this.departments, consumerOf(leaf))?.add(leaf);
    counterOf(this.datasets, leaf.dataset)?.add(leaf);
    const clock = clockIn(leaf);
    if (clock === undefined) return;
    this.total.answer(clock);
    counterOf(this.departments, clock.of)?.answer(clock);
    counterOf(this.datasets, leaf.dataset)?.answer(clock);
  }

  report(): MonthReport {
    const { entries, first, last } = this.indexes;
    return {
      v: 1,
      month: this.month,
      entries,
      ...(entries === 0 ? {} : { first, last }),
      total: this.total.figures(),
      byDepartment: figuresOf(this.departments),
      byDataset: figuresOf(this.datasets),
    };
  }
}

function counterOf(counters: Map<string, Counter>, name: string | undefined): Counter | undefined {
  if (name === undefined) return undefined;
  const counter = counters.get(name) ?? new Counter();
  counters.set(name, counter);
  return counter;
}

/** By name; departments with only management acts have no figures and are left out. */
const figuresOf = (counters: ReadonlyMap<string, Counter>): Readonly<Record<string, ReportFigures>> =>
  Object.fromEntries(
    [...counters]
      .map(([name, counter]) => [name, counter.figures()] as const)
      .filter(([, { denials: _denials, ...sums }]) => Object.values(sums).some((sum) => sum > 0))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
