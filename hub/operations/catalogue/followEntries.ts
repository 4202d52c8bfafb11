/** One source for each fact: the entry says how a dataset is shared, and the dataset follows; its schema says the class, and the entry is no lower. */
import type { DatasetSchema } from '../../../schemas/datasetSchema.ts';
import { Problem } from '../../../terms/problem.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Reader } from '../../store/database/reader.ts';
import type { Transaction } from '../../store/database/transaction.ts';
import { entriesOfDataset, type CatalogueRow } from '../../store/registry/catalogue.ts';
import { lockDataset, shareDataset, type DatasetRow } from '../../store/registry/datasets.ts';
import { datasetDigest } from '../registry/datasetDigest.ts';
import type { Services } from '../services.ts';
import type { EntryBody } from './derived.ts';

const classes: readonly string[] = ['general', 'important', 'core', 'work-secret', 'state-secret'];
const types: readonly string[] = ['none', 'conditional', 'unconditional'];

const sharedAs = ({ sharing: { type, conditions = '' } }: EntryBody): string => `${type} ${conditions}`;

/**
 * What an entry says of the fields of a dataset.
 * @throws Problem entry_contradicts: the class is lower than that of a field, or open to the public is what names persons
 */
export function checkFields(
  { dataClass, openness }: Pick<EntryBody, 'dataClass' | 'openness'>,
  dataset: string,
  { fields, document }: DatasetSchema,
): void {
  const what = `Dataset ${dataset}` as const;
  const highest = Math.max(
    ...[document['x-class'], ...fields.map(({ classification }) => classification)].map((one) =>
      classes.indexOf(String(one)),
    ),
  );
  if (highest > classes.indexOf(dataClass))
    throw new Problem(
      'entry_contradicts',
      { what, reason: 'its fields are of a higher class than the entry' },
      { at: '/body/dataClass' },
    );
  if (openness === 'open' && fields.some(({ personal }) => personal !== 'none'))
    throw new Problem(
      'entry_contradicts',
      { what, reason: 'the entry is open to the public, and its fields hold personal information' },
      { at: '/body/openness' },
    );
}

/**
 * How an entry and the datasets that it links go together.
 * @throws Problem entry_contradicts (another entry links one of them and says otherwise), entry_stops_agreements (it becomes 不予共享 while
 *   agreements over it are in force)
 */
export async function checkFollowing(
  entry: EntryBody,
  { database, registry }: Pick<Services, 'database' | 'registry'>,
): Promise<void> {
  const { datasets, plans } = registry.current;
  for (const dataset of entry.datasets ?? []) {
    const live = datasets.get(dataset);
    if (live === undefined) continue;
    checkFields(entry, dataset, live.schema);
    await checkOthers(database.app, entry, dataset);
    if (entry.sharing.type !== 'none' || live.row.sharing === 'none') continue;
    const stops = [...plans.agreements]
      .filter(([, { suspended, all }]) => !suspended && all.some(({ ref }) => ref.dataset === dataset))
      .map(([agreement, { all }]) => ({ agreement, consumer: all[0]?.ref.consumer ?? '' }));
    if (stops.length > 0)
      throw new Problem(
        'entry_stops_agreements',
        { dataset, agreements: stops.length },
        { at: '/body/sharing/type', findings: stops },
      );
  }
}

/** @throws Problem entry_contradicts */
async function checkOthers(reader: Reader, entry: EntryBody, dataset: string): Promise<void> {
  const other = (await entriesOfDataset(reader, dataset)).find(
    ({ id, document }) => id !== entry.id && sharedAs(document as EntryBody) !== sharedAs(entry),
  );
  if (other === undefined) return;
  throw new Problem(
    'entry_contradicts',
    { what: `Dataset ${dataset}`, reason: 'another entry links it and says that it is shared otherwise' },
    { at: '/body/sharing', findings: [{ entry: other.id }] },
  );
}

/** Whether a dataset that an entry links comes to be shared more freely by it: the security officer agrees to that. */
export const sharesMore = (
  entries: readonly EntryBody[],
  { registry }: Pick<Services, 'registry'>,
): boolean =>
  entries.some(({ sharing, datasets = [] }) =>
    datasets.some((dataset) => {
      const now = registry.current.datasets.get(dataset)?.row.sharing ?? 'none';
      return types.indexOf(sharing.type) > types.indexOf(now);
    }),
  );

/** Whoever accepts has the word that it needs by now. @throws Problem officer_decides */
export function checkOfficer({ grants }: StaffCaller, department: string): void {
  if (!grants.some((one) => one.role === 'security' && (one.department ?? department) === department))
    throw new Problem('officer_decides');
}

/**
 * Datasets are shared from now on as the entries say that link them; behind the lock of each, for two entries may come at once.
 * @throws Problem entry_contradicts
 */
export async function followEntries(
  transaction: Transaction,
  rows: readonly Pick<CatalogueRow, 'document'>[],
  exchange: string,
): Promise<void> {
  const wanted = rows
    .map(({ document }) => document as EntryBody)
    .flatMap((entry) => (entry.datasets ?? []).map((dataset) => ({ entry, dataset })))
    .sort((a, b) => (a.dataset < b.dataset ? -1 : 1));
  for (const { entry, dataset } of wanted) {
    const row = await lockDataset(transaction, dataset);
    await checkOthers(transaction, entry, dataset);
    if (row === undefined) continue;
    const { type: sharing, conditions = '' } = entry.sharing;
    if (row.sharing === sharing && row.conditions === conditions) continue;
    const next: DatasetRow = { ...row, sharing, conditions };
    await shareDataset(transaction, { ...next, digest: datasetDigest(next) }, exchange);
  }
}
