import type { components } from '../../../../api/openapi.ts';
import { defined } from '../../../../terms/defined.ts';
import { Problem } from '../../../../terms/problem.ts';
import { caseOperations, CaseTally, type CaseStatistics } from '../../../domain/caseStatistics.ts';
import { counted } from '../../../domain/cells.ts';
import { newestCheckpoint } from '../../../log/evidence/logAccess.ts';
import { newestAnswers } from '../../../log/evidence/searchEntries.ts';
import { leafIn } from '../../../log/search/leaves.ts';
import { allowed } from '../../../pipeline/call.ts';
import { self } from '../../../pipeline/ownership.ts';
import { intakeRulesOf } from '../../../registry/store/datasets.ts';
import { operation } from '../../common/operation.ts';
import { reachOf } from '../../common/reach.ts';
import type { Services } from '../../common/services.ts';

const dayMs = 86_400_000;
const usualDays = 30;
const maxDays = 366;
/** Entries read at once, and of one call. */
const portion = 1_000;
const maxEntries = 200_000;

const permission = counted;

/**
 * GET /v1/datasets/{dataset}/case-statistics: figures of cases from the log alone. A contributor sees its own steps only.
 * @throws Problem dataset_unknown, also for a dataset the caller may not read; rows_not_changeable, case_range_unfit
 */
export const showCaseStatistics = operation('showCaseStatistics', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, services) => {
    const id = call.params.dataset;
    const row = services.registry.current.datasets.get(id)?.row;
    const reach = reachOf(permission, call.caller);
    const cases = row === undefined ? undefined : intakeRulesOf(row).cases;
    const concerned = [row?.department, ...(cases?.contributors ?? []).map(({ department }) => department)];
    if (row === undefined || reach?.some((one) => concerned.includes(one)) === false)
      throw new Problem('dataset_unknown', { dataset: id });
    if (cases === undefined) throw new Problem('rows_not_changeable', { dataset: id });
    const range = rangeOf(call.query, call.now);
    const { entries, missing, statistics } = await tallied(services, id, range);
    const isWhole = reach === undefined || reach.includes(row.department);
    const from = new Date(range.from).toISOString();
    const until = new Date(range.until).toISOString();
    return allowed<'showCaseStatistics'>(
      200,
      {
        dataset: id,
        from,
        until,
        ...shown(statistics, isWhole ? undefined : reach),
        ...(isWhole ? { entries, ...(missing === 0 ? {} : { missing }) } : {}),
      },
      { facts: { dataset: id, provider: row.department, change: { from, until } } },
    );
  },
});

/** Unix milliseconds, the end not included. @throws Problem case_range_unfit */
function rangeOf(
  query: { readonly from?: string | undefined; readonly until?: string | undefined },
  now: number,
): { readonly from: number; readonly until: number } {
  const until = query.until === undefined ? now : Date.parse(query.until);
  const from = query.from === undefined ? until - usualDays * dayMs : Date.parse(query.from);
  if (from >= until || until - from > maxDays * dayMs)
    throw rangeUnfit(
      `起点须早于终点，不超过 ${maxDays} 天`,
      `it must begin before it ends and have at most ${maxDays} days`,
    );
  return { from, until };
}

/** @throws Problem case_range_unfit */
async function tallied(
  services: Services,
  dataset: string,
  { from, until }: { readonly from: number; readonly until: number },
): Promise<{ readonly entries: number; readonly missing: number; readonly statistics: CaseStatistics }> {
  const { size } = newestCheckpoint(services);
  const tally = new CaseTally(from);
  const range = { from: new Date(from).toISOString(), until: new Date(until).toISOString() };
  let [read, missing] = [0, 0];
  for (const name of caseOperations) {
    let end: number | undefined = size;
    while (end !== undefined) {
      const question = { ...range, dataset, operation: name };
      const { entries, next, goneCount }: Awaited<ReturnType<typeof newestAnswers>> = await newestAnswers(
        ...([services.database.app, question, end, portion] as const),
      );
      for (const entry of entries) {
        const leaf = leafIn(entry.leaf);
        if (leaf !== undefined) tally.add(leaf);
      }
      read += entries.length;
      missing += goneCount;
      if (read + missing > maxEntries)
        throw rangeUnfit(
          `其中的日志条目超过 ${maxEntries} 条`,
          `it has more than ${maxEntries} entries of the log`,
        );
      end = next;
    }
  }
  return { entries: read, missing, statistics: tally.result() };
}

/** @param departments that see their own steps only; undefined: all steps */
function shown(
  { medianSecondsToClose, opened, closed, openedAndClosed, steps, missed }: CaseStatistics,
  departments: readonly string[] | undefined,
): Omit<components['schemas']['CaseStatistics'], 'dataset' | 'from' | 'until' | 'entries' | 'missing'> {
  if (departments !== undefined)
    return {
      steps: steps.filter(({ department }) => departments.includes(department)),
      // also a deadline that it shares with others
      missed: missed.filter(({ departments: of }) => of.split(', ').some((one) => departments.includes(one))),
    };
  return {
    opened,
    closed,
    openedAndClosed,
    ...defined({ medianSecondsToClose }),
    steps: [...steps],
    missed: [...missed],
  };
}

const rangeUnfit = (zh: string, en: string): Problem =>
  new Problem('case_range_unfit', { reason: { zh, en } }, { at: '/query/from' });
