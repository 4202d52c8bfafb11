import type { components } from '../../../../api/openapi.ts';
import { allowed } from '../../../pipeline/call.ts';
import { boardProgress, weeksCounted, type WeekCounted } from '../store/boardRows.ts';
import { reachOf, within } from '../../common/reach.ts';
import { figures, type Figure } from './boardRows.ts';
import { counted } from '../../../domain/cells.ts';
import { beginOf } from '../../../domain/expectation.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { addDays, dayInChina } from '../../../../terms/civilDate.ts';
import { defined } from '../../../../terms/defined.ts';

const day = 86_400_000;

const usualDays = 30;

/** Minimum number of samples for a figure. */
const minSamples = 5;

/** The last days, including today. @param now Unix milliseconds */
function spanOf(days: string | undefined, now: number): { readonly from: string; readonly until: string } {
  const back = days === undefined ? usualDays : Number(days);
  return {
    from: dayInChina(now - (back - 1) * day),
    until: dayInChina(now),
  };
}

/** Figures that count the current state, not samples: one waiting item is already relevant. */
const stateFigures: readonly string[] = ['waiting', 'linking'];

/** Omits a figure with too few samples. */
function reported(
  figure: string,
  { count, of }: { readonly count: number; readonly of?: number | undefined },
): { readonly few: boolean; readonly count?: number; readonly of?: number } {
  const few = !stateFigures.includes(figure) && (of ?? count) < minSamples;
  return few ? { few } : { few, count, ...defined({ of }) };
}

/** weeks of the trend, this one included */
export const trendWeeks = 12;

/** From the Monday eleven weeks ago until today. @param now Unix milliseconds */
export function weeksUntil(now: number): { readonly from: string; readonly until: string } {
  const until = dayInChina(now);
  return { from: addDays(beginOf({ every: 'week' }, until), -7 * (trendWeeks - 1)), until };
}

/** Omits counts from 1 to 4; a zero is shown. */
function weekView({ week, answered, refused }: WeekCounted): components['schemas']['Board']['weeks'][number] {
  const shown = (count: number): number | undefined => (count > 0 && count < minSamples ? undefined : count);
  return { week, ...defined({ answered: shown(answered), refused: shown(refused) }) };
}

const permission = counted;

/** GET /v1/board: returns figures by department and dataset, never a row. */
export const showBoard = operation('showBoard', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database }) => {
    const span = spanOf(call.query.days, call.now);
    const departments = reachOf(permission, call.caller);
    const board: components['schemas']['Board'] = {
      ...span,
      entries: await boardProgress(database.app),
      figures: [],
      weeks: (await weeksCounted(database.app, { ...weeksUntil(call.now), departments })).map(weekView),
    };
    for (const [name, rowsOf] of Object.entries(figures)) {
      const figure = name as Figure;
      const rows = await rowsOf(database.app, { ...span, departments }, call.now);
      const count = rows.reduce((sum, row) => sum + row.count, 0);
      const rate = figure === 'deadlines' || figure === 'linking';
      const of = rate ? rows.reduce((sum, row) => sum + (row.of ?? 0), 0) : undefined;
      board.figures.push({ figure, ...reported(figure, { count, of }) });
    }
    return allowed<'showBoard'>(200, board, { facts: { change: { ...span } } });
  },
});

const maxRows = 500;

/** GET /v1/board/{figure}: returns the numbers a figure is computed from. */
export const listBoardRows = operation('listBoardRows', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database }) => {
    const figure = call.params.figure;
    const { days, department } = call.query;
    const span = spanOf(days, call.now);
    const departments = within(reachOf(permission, call.caller), department);
    const rows = await figures[figure](database.app, { ...span, departments }, call.now);
    const answer: components['schemas']['BoardRows'] = {
      figure,
      ...span,
      cut: rows.length > maxRows,
      rows: [...rows]
        .sort((one, other) => (other.of ?? other.count) - (one.of ?? one.count))
        .slice(0, maxRows)
        .map(({ count, of, ...row }) => ({ ...row, ...reported(figure, { count, of }) })),
    };
    return allowed<'listBoardRows'>(200, answer, { facts: { change: { figure, ...span } } });
  },
});
