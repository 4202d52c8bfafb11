/** The findings of a job that verifies: new ones are stored with an entry, and those that ended are removed with an entry. */
import type { Leaf } from '../../log/leaf.ts';
import type { CanonicalValue } from '../../terms/canonicalJson.ts';
import type { Database } from '../platform/database/database.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import {
  dropFindings,
  insertFindings,
  seenAgain,
  type FoundRow,
  type StoredFinding,
} from './store/findings.ts';

/** What it uses of a run of the job (`JobRun`). */
interface Run {
  now(): number;
  act(
    facts: Pick<Leaf, 'change'> & {
      readonly operation: string;
      readonly work: (transaction: Transaction, exchange: string) => Promise<void>;
    },
  ): Promise<unknown>;
}

/** What one run found. */
interface Update {
  /** findings of the job that the database has */
  readonly stored: readonly StoredFinding[];
  readonly found: readonly FoundRow[];
  /** whether the run would have found it again (default: yes) */
  readonly isCompared?: (stored: StoredFinding) => boolean;
  /** number of the pass that found them (default: 0) */
  readonly pass?: number;
}

const keyOf = ({ code, index, about = '' }: FoundRow): string => JSON.stringify([code, index, about]);

/**
 * One instance records the findings of one kind. It remembers which remained after its last run: a database administrator can put back a
 * finding that had ended, so that the job would take a new one for known.
 */
export class FindingRecord {
  private readonly app: Database['app'];
  private readonly operation: string;
  /** the members of an entry that place its first finding */
  private readonly place: (first: FoundRow) => Readonly<Record<string, CanonicalValue>>;
  private last: { readonly at: number; readonly keys: ReadonlySet<string> } | undefined;

  constructor(app: Database['app'], operation: string, place: FindingRecord['place']) {
    this.app = app;
    this.operation = operation;
    this.place = place;
  }

  /** @returns the number of findings that remain @throws Problem job_taken_over, and others of `JobRun.act` */
  async update(run: Run, { stored, found, isCompared = () => true, pass = 0 }: Update): Promise<number> {
    const { operation, last } = this;
    const known = new Map(
      stored
        // another process has found it since
        .filter((one) => last === undefined || last.keys.has(keyOf(one)) || one.foundAt > last.at)
        .map((one) => [keyOf(one), one]),
    );
    const again = new Map(found.map((one) => [keyOf(one), one]));
    const fresh = [...again].flatMap(([key, one]) => (known.has(key) ? [] : [one]));
    const ended = stored.filter((one) => isCompared(one) && !again.has(keyOf(one)));
    const [first] = fresh;
    if (first !== undefined) {
      await run.act({
        operation,
        change: { findings: fresh.length, first: first.code, ...this.place(first) },
        work: (transaction, exchange) =>
          insertFindings(transaction, fresh, { now: run.now(), pass, exchange }),
      });
    }
    if (ended.length > 0) {
      await run.act({
        operation,
        change: { mended: ended.length },
        work: (transaction) => dropFindings(transaction, ended),
      });
    }
    const seen = [...known].flatMap(([key, one]) => (again.has(key) && one.pass !== pass ? [one] : []));
    await seenAgain(this.app, seen, pass);
    for (const one of ended) known.delete(keyOf(one));
    const keys = new Set([...known.keys(), ...fresh.map(keyOf)]);
    this.last = { at: run.now(), keys };
    return keys.size;
  }
}
