import type { components } from '../../../../api/openapi.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { defined } from '../../../../terms/defined.ts';
import { counted } from '../../../domain/cells.ts';
import { describedDue } from '../../../domain/inboxClock.ts';
import { pageBatches } from '../../../flows/intake/store/batches.ts';
import { allowed } from '../../../pipeline/call.ts';
import { self } from '../../../pipeline/ownership.ts';
import { compareText } from '../../../platform/database/pages.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { moment, names } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';
import { reachOf, within } from '../../common/reach.ts';
import type { Services } from '../../common/services.ts';
import { pageDuties } from '../../duties/store/duties.ts';
import { newestProcedure } from '../../requests/store/procedures.ts';
import { requestSummary } from '../../requests/operations/showRequest.ts';
import type { BoardSpan } from '../store/boardRows.ts';
import { readUrges } from '../urges.ts';
import { departmentInTurn, requestsOf, silentIn } from './boardRows.ts';

type Item = components['schemas']['BoardItem'];
type Section = Parameters<typeof describedDue>[0];

/** Maximum number of items of each kind that are read, and of items that are returned. */
const maxRows = 500;

const permission = counted;

/**
 * GET /v1/board/waiting/items: the requests, batches, duties and files that the number of waiting items counts, overdue ones first. They
 * contain no row and no name of a person.
 */
export const listBoardItems = operation('listBoardItems', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, services) => {
    const departments = within(reachOf(permission, call.caller), call.query.department);
    const found = await waitingItems(services, departments, call.now);
    const shown = found.slice(0, maxRows);
    const isLate = shown.some(({ overdue }) => overdue === true);
    const urgedOf = isLate ? await readUrges(services, call.now) : undefined;
    const items = shown.map((one) => ({ ...one, ...defined({ urged: urgedOf?.(one) }) }));
    return allowed<'listBoardItems'>(
      200,
      { items, cut: found.length > maxRows },
      { facts: { change: { items: items.length } } },
    );
  },
});

/**
 * The items that wait for some departments, or for all, the first deadline first.
 * @param departments undefined: all @param id only the item with it, which the limits of the list do not leave out
 */
export async function waitingItems(
  { database, registry }: Pick<Services, 'database' | 'registry'>,
  departments: readonly string[] | undefined,
  now: number,
  id?: string,
): Promise<readonly Item[]> {
  const { app } = database;
  const clock = (await newestProcedure(app))?.clock;
  const timed = { now, clock, calendar: chinaWorkingCalendar };
  const found: Item[] = [];
  for (const [section, itemsOf] of sections)
    for (const item of await itemsOf(app, { departments, id }, now)) {
      if (id !== undefined && item.id !== id) continue;
      const { heldUntil, ...shown } = item;
      const row = registry.current.datasets.get(item.dataset ?? '')?.row;
      const ofDataset = row === undefined ? undefined : { zh: row.titleZh, en: row.titleEn };
      found.push({
        ...shown,
        ...defined({ title: item.title ?? ofDataset }),
        ...describedDue(section, { ...shown, ...defined({ heldUntil }) }, timed),
      });
    }
  return found.sort((one, other) => compareText(one.due ?? '9999', other.due ?? '9999'));
}

type Waiting = Item & { /** of a held batch: the moment at which it lapses */ readonly heldUntil?: string };
type Reach = Pick<BoardSpan, 'departments'> & { readonly id: string | undefined };

const sections: readonly (readonly [
  Section,
  (reader: Reader, reach: Reach, now: number) => Promise<readonly Waiting[]>,
])[] = [
  ['requests', requests],
  ['batches', batches],
  ['duties', duties],
  [
    'silent',
    async (reader, reach, now) =>
      (await silentIn(reader, reach, now)).map(({ dataset, department, due }) => ({
        kind: 'file',
        id: dataset,
        department,
        dataset,
        due,
      })),
  ],
];

async function requests(reader: Reader, reach: Reach, now: number): Promise<readonly Waiting[]> {
  const found: Waiting[] = [];
  for await (const request of requestsOf(reader, reach, { open: true })) {
    const turn = departmentInTurn(request, now);
    if (turn === undefined) continue;
    const { id, title, consumer, provider, datasets, since, due, provisional } = requestSummary(request, now);
    const department = turn === '' ? undefined : turn;
    found.push({
      kind: 'request',
      id,
      consumer,
      provider,
      ...defined({ title, department, dataset: datasets[0], since, due, provisional }),
    });
  }
  return found;
}

async function batches(reader: Reader, { departments, id: wanted }: Reach): Promise<readonly Waiting[]> {
  // a batch is not urged, so that none is looked for by its id
  if (wanted !== undefined) return [];
  const held = { departments, state: 'held', dataset: undefined, sha256: undefined };
  const { rows } = await pageBatches(reader, {
    ...held,
    after: undefined,
    maxRows: maxRows + 1,
    sort: 'opened',
  });
  return rows.map(({ id, department, dataset, openedAt, heldUntil }) => ({
    kind: 'batch',
    id,
    department,
    dataset,
    since: moment(openedAt),
    ...(heldUntil === null ? {} : { heldUntil: moment(heldUntil) }),
  }));
}

async function duties(
  reader: Reader,
  { departments, id: wanted }: Reach,
  now: number,
): Promise<readonly Waiting[]> {
  if (wanted !== undefined && !names.uuid.test(wanted)) return [];
  const today = dayInChina(now);
  const filter = { ...defined({ departments, id: wanted }), openUntil: today };
  const { rows } = await pageDuties(reader, filter, { after: undefined, maxRows: maxRows + 1 });
  return rows
    .filter(({ due }) => due < today)
    .map(({ id, consumer, provider, dataset, due }) => ({
      kind: 'duty',
      id,
      department: consumer,
      provider,
      dataset,
      due,
    }));
}
