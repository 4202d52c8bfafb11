/**
 * Consent in the release flow. Consent states are read before any row of a named subject, and in one statement for a page of rows. They
 * are read once more after the swap of the log's head. There is no cache: a withdrawal applies from the next answer on, everywhere.
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
  readConsentStates,
  type ConsentScope,
  type StoredConsentState,
} from '../../features/consents/store/readConsentStates.ts';
import type { FetchedRow } from '../rows/store/fetch.ts';
import { subjectLength } from '../../domain/subjectHash.ts';
import type { Page, Query } from './rowSource.ts';
import type { ReleaseServices } from './services.ts';

/** Subjects looked up at once. */
const chunk = 1_000;
/** From this number of rows on, two statements share them; below, the second costs more than it saves. */
const parallelLookupThreshold = 200;

/** The consents one call needs. */
export interface ConsentCheck {
  readonly demand: ConsentDemand;
  readonly scope: ConsentScope;
  readonly ask: ConsentAsk;
}

/** The result for one row: the consent it may leave on, or why it may not leave. */
export type RowVerdict =
  | { readonly row: FetchedRow; readonly known: KnownConsentState }
  | { readonly row: FetchedRow; readonly fault: ConsentCode };

/** The result for all examined rows. */
export interface Consented {
  readonly withheld: ReadonlyMap<ConsentCode, number>;
  readonly decidedOn: readonly KnownConsentState[];
}

export interface KnownConsentState {
  /** keyed hash, 32 bytes */
  readonly subject: Uint8Array;
  readonly consentState: StoredConsentState;
}

/**
 * The consents that the permission requires; undefined where its legal basis needs none. A person consents to a recipient; a processor
 * entrusted by it acts on its behalf (PIPL art. 21).
 * @param reported fields that the answer discloses
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
 * Fields whose values an answer discloses without containing them: filtering or sorting by a field reveals it for each returned row. Only
 * the identifier by which the caller names the subject reveals nothing new.
 */
export const learnedByAsking = (
  { filter = [], sort = [] }: Query,
  subject: string | undefined,
): readonly string[] => [
  ...filter.filter(({ field, op }) => field !== subject || op !== 'eq').map(({ field }) => field),
  ...sort.map((term) => term.replace(/^-/, '')),
];

/**
 * The consent of a subject whom the caller names, read before any row. A missing consent is reported whether or not the person is in the
 * dataset, so the answer discloses nothing about the register.
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
  const [found] = await readConsentStates(services.database.app, scope, Buffer.from(hash, 'hex'));
  if (consentFault(found, ask) !== undefined) throw new Problem('consent_missing');
}

/**
 * The named subjects without a valid consent and the reason for each, read before any row.
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
    const found = await readConsentStates(database.app, scope, Buffer.from(hashes.join(''), 'hex'));
    for (const [at, value] of part.entries()) {
      const fault = consentFault(found[at], ask);
      if (fault !== undefined) missing.set(value, fault);
    }
  }
  return missing;
}

/** Looked up where there is no row: a keyed hash that belongs to no person. */
const noSubject = new Uint8Array(subjectLength);

/**
 * The consents for rows that were read, in their order. The look-up runs even if no row was found. Otherwise the response time would
 * disclose whether a person without consent is in the dataset.
 * @param duringQuery runs on the rows during the database query
 */
export async function verdictsOf(
  services: ReleaseServices,
  check: ConsentCheck,
  page: Pick<Page, 'rows' | 'columns'>,
  duringQuery: (rows: readonly FetchedRow[]) => void = () => undefined,
): Promise<RowVerdict[]> {
  // rows fetched by column are decoded only after the query was sent
  const persons = page.columns?.personOfEach;
  const looks = persons === undefined ? ofRows(services, check, page.rows) : look(services, check, persons);
  const [consentStates] = await Promise.all([looks, querySent().then(() => duringQuery(page.rows))]);
  return page.rows.map((row, at) => verdictOf(services, check, row, consentStates[at]));
}

/** Resolves once the query just issued is on its way to the database. */
const querySent = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type ConsentStates = readonly (StoredConsentState | undefined)[];

/** For rows of which some may have no subject. */
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

/** @param persons keyed hashes, concatenated */
async function look(
  { database }: ReleaseServices,
  { scope }: ConsentCheck,
  persons: Uint8Array,
): Promise<ConsentStates> {
  if (persons.length === 0) await readConsentStates(database.app, scope, noSubject);
  const consentStates: (StoredConsentState | undefined)[] = [];
  for (let from = 0; from < persons.length; from += chunk * subjectLength) {
    const part = persons.subarray(from, from + chunk * subjectLength);
    const count = part.length / subjectLength;
    const half = Math.ceil(count / 2) * subjectLength;
    // at most two parallel queries for one page: other calls wait for connections too
    const halves = count < parallelLookupThreshold ? [part] : [part.subarray(0, half), part.subarray(half)];
    const found = await Promise.all(halves.map((one) => readConsentStates(database.app, scope, one)));
    for (const one of found) consentStates.push(...one);
  }
  return consentStates;
}

function verdictOf(
  services: ReleaseServices,
  { ask, demand }: ConsentCheck,
  row: FetchedRow,
  consentState: StoredConsentState | undefined,
): RowVerdict {
  const { subject } = row;
  if (subject === undefined || consentState === undefined) return { row, fault: 'no_consent' };
  const fault =
    consentFault(consentState, ask) ?? giverFault(consentState, ask, personOf(services, demand, row));
  return fault === undefined ? { row, known: { subject, consentState } } : { row, fault };
}

/** The person attributes of the row, independent of the released fields. */
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
