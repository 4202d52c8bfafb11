/**
 * Consent in the release walk: what stands is read before any row of a named subject, joined with a page of rows in one look, and looked at
 * once more behind the swap of the log's head. There is no cache: a withdrawal holds from the next answer on, everywhere.
 */
import {
  consentFault,
  giverFault,
  type ConsentAsk,
  type ConsentCode,
  type ConsentPerson,
} from '../../../policies/consents/verdict.ts';
import type { ConsentDemand, Permission } from '../../../policies/decision.ts';
import { parseCivilDate } from '../../../terms/civilDate.ts';
import { Problem } from '../../../terms/problem.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import {
  packHashes,
  readStandings,
  type ConsentScope,
  type StoredConsentState,
} from '../../features/consents/store/readConsentStates.ts';
import type { FetchedRow } from '../rows/store/fetch.ts';
import { subjectLength } from '../../domain/subjectHash.ts';
import type { Page, Query } from './rowSource.ts';
import type { ReleaseServices } from './services.ts';

/** Subjects looked up at once. */
const chunk = 1_000;
/** Rows from which on two looks share them: below, the second costs more than it saves. */
const parallelLookupThreshold = 200;

/** The consents one call needs. */
export interface ConsentCheck {
  readonly demand: ConsentDemand;
  readonly scope: ConsentScope;
  readonly ask: ConsentAsk;
}

/** What was found of one row: the consent it may leave on, or why it may not. */
export type RowVerdict =
  | { readonly row: FetchedRow; readonly known: KnownConsentState }
  | { readonly row: FetchedRow; readonly fault: ConsentCode };

/** What the rows that were looked at came to. */
export interface Consented {
  readonly withheld: ReadonlyMap<ConsentCode, number>;
  readonly decidedOn: readonly KnownConsentState[];
}

export interface KnownConsentState {
  /** keyed hash, 32 bytes */
  readonly subject: Uint8Array;
  readonly standing: StoredConsentState;
}

/**
 * What the permission demands of consents; undefined where its basis needs none. A person agrees to a recipient; whoever is entrusted by it
 * acts for it (PIPL art. 21).
 * @param reported fields that the answer tells of
 */
export function consentCheck(
  { consent: demand, plan, obligations }: Permission,
  reported: readonly string[],
  now: number,
): ConsentCheck | undefined {
  if (demand === undefined) return undefined;
  return {
    demand,
    scope: {
      recipient: plan.principal ?? plan.consumer,
      dataset: plan.dataset,
      purpose: plan.purpose,
    },
    ask: {
      fields: [...new Set(reported)],
      now,
      guardianUnder: demand.guardianUnder,
      collectors: demand.collectors,
      deletedAfter: obligations.find(({ id }) => id === 'delete-after')?.period,
    },
  };
}

/**
 * Fields whose values an answer tells although it does not hold them: whoever filters or sorts by them learns of each row that comes. Only
 * the identifier by which the caller names the person tells nothing that it did not hold.
 */
export const learnedByAsking = (
  { filter = [], sort = [] }: Query,
  subject: string | undefined,
): readonly string[] => [
  ...filter.filter(({ field, op }) => field !== subject || op !== 'eq').map(({ field }) => field),
  ...sort.map((term) => term.replace(/^-/, '')),
];

/**
 * The consent of a subject whom the caller names, before any row is read: who has none is told so whether or not the person is in the
 * dataset, so the answer says nothing about the register.
 * @throws Problem consent_missing
 */
export async function consentOfNamed(
  services: ReleaseServices,
  { scope, ask }: ConsentCheck,
  { lookup }: Permission,
  { schema }: LiveDataset,
): Promise<void> {
  const { subject } = schema;
  if (subject === undefined || lookup === undefined || lookup.field !== subject.field) return;
  const hash = services.keys.subjectHash(subject.kind, String(lookup.value));
  const [found] = await readStandings(services.database.app, scope, Buffer.from(hash, 'hex'));
  if (consentFault(found, ask) !== undefined) throw new Problem('consent_missing');
}

/**
 * Of many subjects that the caller names, those who have no valid consent and why, before any row is read.
 * @param values full values of the subject field
 */
export async function consentsOfNamed<T>(
  { keys, database }: ReleaseServices,
  { scope, ask }: ConsentCheck,
  kind: string,
  values: ReadonlySet<T>,
): Promise<ReadonlyMap<T, ConsentCode>> {
  const missing = new Map<T, ConsentCode>();
  const named = [...values];
  for (let from = 0; from < named.length; from += chunk) {
    const part = named.slice(from, from + chunk);
    const hashes = part.map((value) => keys.subjectHash(kind, String(value)));
    const found = await readStandings(database.app, scope, Buffer.from(hashes.join(''), 'hex'));
    for (const [at, value] of part.entries()) {
      const fault = consentFault(found[at], ask);
      if (fault !== undefined) missing.set(value, fault);
    }
  }
  return missing;
}

/** Looked up where there is no row: the keyed hash of nobody. */
const nobody = new Uint8Array(subjectLength);

/**
 * The consents behind rows that were read, in their order. They are looked at where no row came, too: one person who is in the dataset and
 * did not agree costs the look that nobody costs, so that no time tells of her.
 * @param meanwhile done with the rows while the database looks
 */
export async function verdictsOf(
  services: ReleaseServices,
  check: ConsentCheck,
  page: Pick<Page, 'rows' | 'columns'>,
  meanwhile: (rows: readonly FetchedRow[]) => void = () => undefined,
): Promise<RowVerdict[]> {
  // rows that came by column are read from it here no sooner than the database is asked
  const persons = page.columns?.personOfEach;
  const looks = persons === undefined ? ofRows(services, check, page.rows) : look(services, check, persons);
  const [consentStates] = await Promise.all([looks, requested().then(() => meanwhile(page.rows))]);
  return page.rows.map((row, at) => verdictOf(services, check, row, consentStates[at]));
}

/** Once what was just asked is on its way to the database. */
const requested = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type ConsentStates = readonly (StoredConsentState | undefined)[];

/** Of rows of which some may be about nobody. */
async function ofRows(
  services: ReleaseServices,
  check: ConsentCheck,
  rows: readonly FetchedRow[],
): Promise<ConsentStates> {
  const subjects = rows.map(({ subject }) => subject);
  const found = await look(services, check, packHashes(subjects.filter((one) => one !== undefined)));
  let at = 0;
  return subjects.map((subject) => (subject === undefined ? undefined : found[at++]));
}

/** @param persons keyed hashes, one behind the other */
async function look(
  { database }: ReleaseServices,
  { scope }: ConsentCheck,
  persons: Uint8Array,
): Promise<ConsentStates> {
  if (persons.length === 0) await readStandings(database.app, scope, nobody);
  const consentStates: (StoredConsentState | undefined)[] = [];
  for (let from = 0; from < persons.length; from += chunk * subjectLength) {
    const part = persons.subarray(from, from + chunk * subjectLength);
    const count = part.length / subjectLength;
    const half = Math.ceil(count / 2) * subjectLength;
    // two looks side by side, of one page never more: others wait for connections too
    const halves = count < parallelLookupThreshold ? [part] : [part.subarray(0, half), part.subarray(half)];
    const found = await Promise.all(halves.map((one) => readStandings(database.app, scope, one)));
    for (const one of found) consentStates.push(...one);
  }
  return consentStates;
}

function verdictOf(
  services: ReleaseServices,
  { ask, demand }: ConsentCheck,
  row: FetchedRow,
  standing: StoredConsentState | undefined,
): RowVerdict {
  const { subject } = row;
  if (subject === undefined || standing === undefined) return { row, fault: 'no_consent' };
  const fault = consentFault(standing, ask) ?? giverFault(standing, ask, personOf(services, demand, row));
  return fault === undefined ? { row, known: { subject, standing } } : { row, fault };
}

/** What the row says of the person, apart from what is released of it. */
function personOf(
  { keys }: ReleaseServices,
  { birth, guardian }: ConsentDemand,
  { record }: FetchedRow,
): ConsentPerson {
  const born = birth === undefined ? undefined : record[birth];
  const named = guardian === undefined ? undefined : record[guardian];
  return {
    birth: typeof born === 'string' ? parseCivilDate(born) : undefined,
    guardian: typeof named === 'string' ? keys.subjectHash('person', named) : undefined,
  };
}
