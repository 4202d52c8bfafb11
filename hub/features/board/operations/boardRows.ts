/** Rows of each board figure by department, dataset and matter; never by person or case. */
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import type { components } from '../../../../api/openapi.ts';
import { isInTime } from '../../../domain/expectation.ts';
import type { RequestAct } from '../../../domain/requests/requestLife.ts';
import { silentDatasets } from '../../../flows/intake/silentDatasets.ts';
import {
  batchesHeld,
  callsCounted,
  dutiesDue,
  dutiesOverdue,
  filesCame,
  savedCounted,
  type BoardSpan,
  linkedEntries,
} from '../store/boardRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { pageRequests, type StoredRequest, type RequestFilter } from '../../requests/store/requests.ts';
import { turnOf, currentState } from '../../requests/operations/showRequest.ts';
import { defined } from '../../../../terms/defined.ts';

export type Figure = components['schemas']['BoardFigure'];
type Row = components['schemas']['BoardRows']['rows'][number];
/** Counts before those with too few samples are removed. */
export type Counted = Omit<Row, 'few'> & { readonly count: number };

/** Number of requests read per query. */
const maxRows = 500;
/** Actions that end a stage. */
const ending: readonly (RequestAct | 'make')[] = ['pass', 'approve', 'refuse', 'return', 'offer'];

export const figures: Readonly<
  Record<Figure, (reader: Reader, span: BoardSpan, now: number) => Promise<readonly Counted[]>>
> = {
  answered: (reader, span) => calls(reader, 'answered', span),
  refused: (reader, span) => calls(reader, 'refused', span),
  saved: async (reader, span) =>
    (await savedCounted(reader, span)).map(({ consumer, ...row }) => ({ department: consumer, ...row })),
  deadlines: async (reader, span, now) => [
    ...(await requestDeadlines(reader, span, now)),
    ...(await dutiesDue(reader, span)).map(({ consumer, provider, dataset, due, inTime }): Counted => ({
      kind: 'duty',
      department: consumer,
      provider,
      dataset,
      count: inTime,
      of: due,
    })),
    ...(await fileDeadlines(reader, span)),
    ...(await silentIn(reader, span, now)).map(({ department, dataset }): Counted => ({
      kind: 'file',
      department,
      dataset,
      count: 0,
      of: 1,
    })),
  ],
  waiting: async (reader, span, now) => [
    ...(await requestsWaiting(reader, span, now)),
    ...(await batchesHeld(reader, span)).map((row): Counted => ({ kind: 'batch', ...row })),
    ...(await dutiesOverdue(reader, span)).map(({ consumer, ...row }): Counted => ({
      kind: 'duty',
      department: consumer,
      ...row,
    })),
    ...(await silentIn(reader, span, now)).map(({ department, dataset }): Counted => ({
      kind: 'file',
      department,
      dataset,
      count: 1,
    })),
  ],
  linking: async (reader, { departments }) =>
    (await linkedEntries(reader, departments)).map(({ department, linked, should }) => ({
      department,
      count: linked,
      of: should,
    })),
};

async function calls(reader: Reader, which: 'answered' | 'refused', span: BoardSpan): Promise<Counted[]> {
  return (await callsCounted(reader, which, span)).map(({ consumer, provider, dataset, count }) => ({
    department: consumer,
    ...(provider === '' ? {} : { provider }),
    ...(dataset === '' ? {} : { dataset }),
    count,
  }));
}

/** Reads all requests without a limit: a figure must be complete. */
export async function* requestsOf(
  reader: Reader,
  { departments }: Pick<BoardSpan, 'departments'>,
  which: RequestFilter,
): AsyncGenerator<StoredRequest> {
  const filter = { ...which, ...defined({ departments }) };
  for (let after: string | undefined; ;) {
    const { rows } = await pageRequests(reader, filter, { after, maxRows });
    yield* rows;
    after = rows.at(-1)?.id;
    if (after === undefined) return;
  }
}

/** Datasets of the span's departments whose expected file did not come. */
export const silentIn = async (
  reader: Reader,
  { departments }: Pick<BoardSpan, 'departments'>,
  now: number,
) =>
  (await silentDatasets(reader, now)).filter(({ department }) => departments?.includes(department) !== false);

/** Actions that ended a stage, and whether they met the deadline; and stages that wait now past their deadline, whenever it was. */
async function requestDeadlines(reader: Reader, span: BoardSpan, now: number): Promise<Counted[]> {
  const stored = new Map<string, { count: number; of: number }>();
  const { from, until } = span;
  for await (const request of requestsOf(reader, span, { acted: { acts: ending, from, until } })) {
    for (const [index, { at, act }] of request.events.entries()) {
      const day = dayInChina(at);
      if (!ending.includes(act) || day < span.from || day > span.until) continue;
      const before = currentState({ ...request, events: request.events.slice(0, index) }, now);
      if (before.deadline === undefined) continue;
      const department = departmentOf(request, turnOf(before)?.by);
      const one = stored.get(department) ?? { count: 0, of: 0 };
      one.of += 1;
      if (day <= before.deadline.day) one.count += 1;
      stored.set(department, one);
    }
  }
  for await (const request of requestsOf(reader, span, { open: true })) {
    const state = currentState(request, now);
    if (state.deadline === undefined || dayInChina(now) <= state.deadline.day) continue;
    const department = departmentOf(request, turnOf(state)?.by);
    const one = stored.get(department) ?? { count: 0, of: 0 };
    one.of += 1;
    stored.set(department, one);
  }
  return [...stored].map(([department, one]) => ({
    kind: 'request',
    ...(department === '' ? {} : { department }),
    ...one,
  }));
}

async function requestsWaiting(reader: Reader, span: BoardSpan, now: number): Promise<Counted[]> {
  const waits = new Map<string, number>();
  for await (const request of requestsOf(reader, span, { open: true })) {
    const department = departmentInTurn(request, now);
    if (department === undefined) continue;
    waits.set(department, (waits.get(department) ?? 0) + 1);
  }
  return [...waits].map(([department, count]) => ({
    kind: 'request',
    ...(department === '' ? {} : { department }),
    count,
  }));
}

/** The department that must act now: '' for the data office, undefined where none must. */
export function departmentInTurn(request: StoredRequest, now: number): string | undefined {
  const turn = turnOf(currentState(request, now));
  return turn === undefined ? undefined : departmentOf(request, turn.by);
}

/** The department that must act; '' for the data office. */
const departmentOf = (
  { consumer, provider }: StoredRequest,
  by: 'consumer' | 'provider' | 'office' | undefined,
): string => (by === 'consumer' ? consumer : by === 'provider' ? provider : '');

async function fileDeadlines(reader: Reader, span: BoardSpan): Promise<Counted[]> {
  const stored = new Map<string, { department: string; dataset: string; count: number; of: number }>();
  for (const { department, dataset, expect, openedAt } of await filesCame(reader, span)) {
    const one = stored.get(dataset) ?? { department, dataset, count: 0, of: 0 };
    one.of += 1;
    if (isInTime(expect, dayInChina(openedAt), chinaWorkingCalendar)) one.count += 1;
    stored.set(dataset, one);
  }
  return [...stored.values()].map((one) => ({ kind: 'file', ...one }));
}
