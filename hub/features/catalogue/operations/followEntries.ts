/**
 * One source for each fact: the catalogue entry defines how a dataset is shared, and the dataset follows it. The schema defines the data
 * class, and the entry's class must not be lower.
 */
import type { DatasetSchema, JsonSchema } from '../../../../schemas/datasetSchema.ts';
import { consumerOf } from '../../../../policies/documents/agreement.ts';
import { personalPlace } from '../../../../schemas/lint/personalPlace.ts';
import { placeWhere } from '../../../../schemas/lint/placeWhere.ts';
import type { Resolve } from '../../../../schemas/references.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { RegistrySnapshot } from '../../../registry/snapshot.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { nameOfRule, unfitRules } from '../../../registry/eventRuleFault.ts';
import { entriesOfDataset, isOpened, type CatalogueRow } from '../../../registry/store/catalogue.ts';
import { stoppedAgreements, type StoppedAgreement } from '../../../registry/store/policy/stops.ts';
import { lockDataset, shareDataset, type DatasetRow } from '../../../registry/store/datasets.ts';
import { datasetDigest } from '../../registry/operations/showDataset.ts';
import type { Services } from '../../common/services.ts';
import type { EntryBody } from './showCatalogueEntry.ts';

const classes: readonly string[] = ['general', 'important', 'core', 'work-secret', 'state-secret'];
const types: readonly string[] = ['none', 'conditional', 'unconditional'];

const sharedAs = ({ sharing: { type, conditions = '' } }: EntryBody): string => `${type} ${conditions}`;

/**
 * Checks an entry against the fields of a dataset.
 * @throws Problem entry_contradicts: the class is lower than that of a field, or fields that identify persons would be open to the public
 */
export function checkFields(
  { dataClass, openness }: Pick<EntryBody, 'dataClass' | 'openness'>,
  dataset: string,
  { document }: DatasetSchema,
  resolve: Resolve,
): void {
  const what = `Dataset ${dataset}` as const;
  const allowed = classes.indexOf(dataClass);
  const isHigher = ({ 'x-class': marked }: JsonSchema): boolean => classes.indexOf(String(marked)) > allowed;
  // nested fields are checked too: the class of an object does not cover its members
  if (placeWhere(document, resolve, isHigher) !== undefined)
    throw new Problem(
      'entry_contradicts',
      { what, reason: 'its fields are of a higher class than the entry' },
      { at: '/body/dataClass' },
    );
  if (openness === 'open' && personalPlace(document, resolve) !== undefined)
    throw new Problem(
      'entry_contradicts',
      { what, reason: 'the entry is open to the public, and its fields hold personal information' },
      { at: '/body/openness' },
    );
}

/**
 * Checks that an entry agrees with the datasets it links.
 * @param others entries that are written together with it, which replace their live revisions
 * @throws Problem entry_contradicts (another entry links one of the datasets and differs), entry_stops_agreements (it becomes 不予共享 while
 *   agreements over it are in force), entry_revives_agreements (it is shared again, and agreements that it had stopped would resume),
 *   event_rule_unfit (a rule's type of event would be shared more widely than its readings)
 */
export async function checkFollowing(
  entry: EntryBody,
  { database, registry }: Pick<Services, 'database' | 'registry'>,
  others: readonly EntryBody[] = [],
): Promise<void> {
  const { datasets, plans, idle, surroundings } = registry.current;
  // read once for all datasets, and only if the sharing of one changes
  let read: ReturnType<typeof stoppedAgreements> | undefined;
  const stopped = (): ReturnType<typeof stoppedAgreements> => (read ??= stoppedAgreements(database.app));
  for (const dataset of entry.datasets ?? []) {
    const live = datasets.get(dataset);
    if (live === undefined) continue;
    checkFields(entry, dataset, live.schema, surroundings.resolve);
    await checkOthers(database.app, entry, dataset, others);
    const was = live.row.sharing;
    if (entry.sharing.type !== was) checkRules(entry, dataset, registry.current, others);
    if (entry.sharing.type === 'none' && was !== 'none') {
      const lasting = stoppedForGood(await stopped());
      const stops = [...plans.agreements]
        .filter(
          ([agreement, { all }]) => !lasting.has(agreement) && all.some(({ ref }) => ref.dataset === dataset),
        )
        .map(([agreement, { all }]) => ({ agreement, consumer: all[0]?.ref.consumer ?? '' }));
      refuseNamed('entry_stops_agreements', dataset, stops);
    }
    if (entry.sharing.type !== 'none' && was === 'none') {
      const standStill = new Set((await stopped()).map(({ id }) => id));
      const revived = idle.flatMap((document) =>
        document.kind === 'Agreement' &&
        !standStill.has(document.id) &&
        document.grants.some((grant) => grant.dataset === dataset)
          ? [{ agreement: document.id, consumer: consumerOf(document) }]
          : [],
      );
      refuseNamed('entry_revives_agreements', dataset, revived);
    }
  }
}

/** @throws Problem event_rule_unfit where a rule fits now, and would not as the entries share its readings and its type */
function checkRules(
  entry: EntryBody,
  dataset: string,
  { datasets }: Pick<RegistrySnapshot, 'datasets'>,
  others: readonly EntryBody[],
): void {
  const after = new Map(datasets);
  for (const { sharing, datasets: linked = [] } of [...others, entry])
    for (const one of linked) {
      const live = datasets.get(one);
      if (live !== undefined) after.set(one, { ...live, row: { ...live.row, sharing: sharing.type } });
    }
  const before = new Set(unfitRules({ datasets }).map(nameOfRule));
  const broken = unfitRules({ datasets: after }).find(
    (one) => (one.dataset === dataset || one.rule.type === dataset) && !before.has(nameOfRule(one)),
  );
  if (broken === undefined) return;
  throw new Problem('event_rule_unfit', { reason: broken.reason }, { at: '/body/sharing/type' });
}

function refuseNamed(
  code: 'entry_stops_agreements' | 'entry_revives_agreements',
  dataset: string,
  named: readonly { readonly agreement: string; readonly consumer: string }[],
): void {
  if (named.length > 0)
    throw new Problem(
      code,
      { dataset, agreements: named.length },
      { at: '/body/sharing/type', findings: named },
    );
}

/** Agreements that only a person's action can resume. A provider's stop ends by itself when its days are over. */
const stoppedForGood = (rows: readonly StoppedAgreement[]): ReadonlySet<string> =>
  new Set(
    rows.flatMap(({ id, stops }) => (Object.keys(stops).some((side) => side !== 'provider') ? [id] : [])),
  );

/** @param coming entries that are registered together with this one @throws Problem entry_contradicts, rows_unauthenticated */
async function checkOthers(
  reader: Reader,
  entry: EntryBody,
  dataset: string,
  coming: readonly EntryBody[] = [],
): Promise<void> {
  const anew = new Set(coming.map(({ id }) => id));
  const others = (await entriesOfDataset(reader, dataset)).flatMap(({ id, document }) =>
    anew.has(id) ? [] : [document as EntryBody],
  );
  const other = [...others, ...coming].find(
    (one) =>
      one.id !== entry.id && one.datasets?.includes(dataset) === true && sharedAs(one) !== sharedAs(entry),
  );
  if (other === undefined) return;
  throw new Problem(
    'entry_contradicts',
    { what: `Dataset ${dataset}`, reason: 'another entry links it and says that it is shared otherwise' },
    { at: '/body/sharing', findings: [{ entry: other.id }] },
  );
}

/**
 * Returns whether the entry shares a linked dataset more freely, or under differently worded conditions. The security officer must agree
 * to both. The hub cannot decide which of two texts is stricter, so every change of wording counts (docs/decisions/0053-second-person.md).
 * A dataset registered as unconditional counts as unconditional only once an entry declares it
 * (docs/decisions/0053-second-person.md).
 */
export async function sharesMore(
  entries: readonly EntryBody[],
  { database, registry }: Pick<Services, 'database' | 'registry'>,
): Promise<boolean> {
  for (const { sharing, datasets = [] } of entries)
    for (const dataset of datasets) {
      const row = registry.current.datasets.get(dataset)?.row;
      const rank = types.indexOf(sharing.type) - types.indexOf(row?.sharing ?? 'none');
      if (rank > 0) return true;
      if (rank < 0 || row === undefined) continue;
      if (sameWords(sharing.conditions ?? '') !== sameWords(row.conditions)) return true;
      if (sharing.type === 'unconditional' && !(await isOpened(database.app, dataset))) return true;
    }
  return false;
}

/** Normalizes differences that a reader does not see: full and half width, spaces, line ends. */
const sameWords = (text: string): string => text.normalize('NFKC').replaceAll(/\s+/g, '');

/** Returns whether every linked dataset is already shared as the entry declares. */
export const isFollowed = (
  { sharing: { type, conditions = '' }, datasets = [] }: EntryBody,
  { datasets: live }: Pick<RegistrySnapshot, 'datasets'>,
): boolean =>
  datasets.every((dataset) => {
    const row = live.get(dataset)?.row;
    return row === undefined || (row.sharing === type && row.conditions === conditions);
  });

/** Checks that the accepting person has the role that the entry now requires. @throws Problem officer_decides */
export function checkOfficer({ grants }: StaffCaller, department: string): void {
  if (!grants.some((one) => one.role === 'security' && (one.department ?? department) === department))
    throw new Problem('officer_decides');
}

/**
 * Updates datasets to the sharing that their entries declare, before the entries are inserted: what a transaction has changed has no seal
 * yet. It holds the lock of each dataset, because two entries may arrive concurrently.
 * @throws Problem entry_contradicts, rows_unauthenticated
 */
export async function followEntries(
  transaction: Transaction,
  rows: readonly Pick<CatalogueRow, 'document'>[],
  exchange: string,
): Promise<void> {
  const entries = rows.map(({ document }) => document as EntryBody);
  const wanted = entries
    .flatMap((entry) => (entry.datasets ?? []).map((dataset) => ({ entry, dataset })))
    .sort((a, b) => (a.dataset < b.dataset ? -1 : 1));
  for (const { entry, dataset } of wanted) {
    const row = await lockDataset(transaction, dataset);
    await checkOthers(transaction, entry, dataset, entries);
    if (row === undefined) continue;
    const { type: sharing, conditions = '' } = entry.sharing;
    if (row.sharing === sharing && row.conditions === conditions) continue;
    const next: DatasetRow = { ...row, sharing, conditions };
    await shareDataset(transaction, { ...next, digest: datasetDigest(next) }, exchange);
  }
}
