/**
 * Destroys log entries whose retention period has ended, as far as two persons ordered it. It works unit by unit, first exports the
 * entries to a file, and writes a log entry for each unit. A unit stays if one of its entries is under legal hold, younger than its rule,
 * or not as the log wrote it.
 */
import type { KeyObject } from 'node:crypto';
import {
  destructionOperation,
  destructionUnit,
  hashesDigest,
  staysDigest,
} from '../../../../log/destruction.ts';
import type { Leaf } from '../../../../log/leaf.ts';
import type { RetentionRules } from '../../../../log/retention.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { SearchAccess } from '../../../log/evidence/searchEntries.ts';
import { destroyedMarks } from '../../../log/retention/destroyedExchange.ts';
import { dueUnit, isUnitHeld, type DueUnit } from '../../../log/retention/dueUnit.ts';
import { provenOrders, provenRules } from '../../../log/retention/provenLeaves.ts';
import { takeOut } from '../../../log/retention/destroyed.ts';
import { indexed, insertIndex, postingsIn } from '../../../log/search/indexEntries.ts';
import { leafIn } from '../../../log/search/leaves.ts';
import type { StoredEntry } from '../../../log/store/entries.ts';
import { blockNewHolds } from '../../../log/store/legalHolds.ts';
import { destroyUnit, oldUnits, type OrderRow } from '../../../log/store/retention.ts';
import type { Job, JobRun } from '../../../platform/jobs/job.ts';

/** @param keys.headMac stored outside the database: authenticates the marks that replace entries */
export type DestructionAccess = SearchAccess & { readonly keys: { readonly headMac: KeyObject } };

/** Number of units checked in one run. */
const portion = 16;

/**
 * @param folder where entries are exported before they are destroyed
 * @param keep stores the list of destroyed entries outside the database before the next unit is destroyed
 */
export const destroyEntries = (
  access: DestructionAccess,
  folder: string,
  keep: () => Promise<void>,
): Job => ({
  name: 'destroyEntries',
  every: 3_600_000,
  lease: 300_000,
  run: async (run) => {
    const [order] = await provenOrders(access);
    if (order === undefined) return {};
    const { rules } = await provenRules(access);
    const after = reached(run.state);
    const units = await oldUnits(access.database.app, { after, before: order.before, maxUnits: portion });
    for (const unit of units) {
      if (run.signal.aborted) return {};
      const due = await dueUnit(access, unit * destructionUnit, {
        rules,
        before: order.before,
        now: run.now(),
      });
      if (typeof due !== 'object') continue;
      await destroy(run, access, due, { rules, order, folder });
      await keep();
    }
    const more = units.length === portion;
    return { state: { after: more ? (units.at(-1) ?? -1) : -1 }, more };
  },
});

/** Number of the last checked unit. */
function reached(state: unknown): number {
  const { after } = (state ?? {}) as { readonly after?: unknown };
  return Number.isSafeInteger(after) ? Number(after) : -1;
}

/** Rules in the form an entry names them: `exchange 3, reading 5`. */
const rulesText = (rules: RetentionRules): string =>
  [...rules]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, years]) => `${id} ${years ?? 'forever'}`)
    .join(', ');

async function destroy(
  run: JobRun,
  access: DestructionAccess,
  unit: DueUnit,
  {
    rules,
    order,
    folder,
  }: { readonly rules: RetentionRules; readonly order: OrderRow; readonly folder: string },
): Promise<void> {
  const { first, entries, stays, hashes, newest } = unit;
  const sha256 = await takeOut(access, first, folder);
  if (sha256 === undefined) return;
  const gone = destructionUnit - stays.length;
  const chunk = first / destructionUnit;
  const staying = entries.filter(({ index }) => stays.includes(index));
  const marks = destroyedMarks(
    access.keys.headMac,
    leavesOf(entries.filter((one) => !staying.includes(one))),
  );
  try {
    await run.act({
      kind: 'retire',
      operation: destructionOperation,
      change: {
        first,
        last: first + destructionUnit - 1,
        entries: gone,
        newest,
        rules: rulesText(rules),
        stays: staysDigest(stays),
        hashes: hashesDigest(hashes),
        order: order.id,
        sha256,
      },
      work: async (transaction, exchange) => {
        await blockNewHolds(transaction);
        if (await isUnitHeld(access, unit, run.now(), transaction)) throw outdated(first);
        const row = { id: exchange, exchange, first, stays, order: order.id };
        const terms = postingsIn(chunk, indexed(entries)).postings.map(({ term }) => term);
        if ((await destroyUnit(transaction, row, terms, marks)) !== gone) throw outdated(first);
        await insertIndex(transaction, chunk, indexed(staying));
      },
    });
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'retirement_outdated')) throw error;
  }
}

const leavesOf = (entries: readonly StoredEntry[]): { readonly index: number; readonly leaf: Leaf }[] =>
  entries.flatMap(({ index, leaf: bytes }) => {
    const leaf = leafIn(bytes);
    return leaf === undefined ? [] : [{ index, leaf }];
  });

const outdated = (first: number): Problem => new Problem('retirement_outdated', { batch: `log ${first}` });
