/**
 * Open findings of the jobs that verify: one row per finding, with the pass that last saw it. A database administrator could write a finding
 * beforehand, so that a job takes it for known. The column `finding` therefore has a MAC over the row by a key of the hub, and a row without
 * a valid one is a finding itself. It has the pass under the MAC too: processes of release 0.2 change the column `pass` alone.
 */
import { createHash, createHmac, type KeyObject } from 'node:crypto';
import type { Knex } from 'knex';
import { logFinding, type LogFindingCode } from '../../../log/finding.ts';
import { canonicalJson, type CanonicalValue } from '../../../terms/canonicalJson.ts';
import { changedPassRecord } from '../../platform/database/authenticated/passRecord.ts';
import { sealingOf } from '../../platform/database/authenticated/rowSealing.ts';
import { isSameMac } from '../../platform/database/authenticated/seals.ts';
import { lockSums, summedTables, writeSum } from '../../platform/database/authenticated/sealStore.ts';
import type { Database } from '../../platform/database/database.ts';
import { pageRows, type ListOrder, type OrderedPage, type PageRows } from '../../platform/database/pages.ts';
import { momentOf, narrowed, readMoment } from '../../platform/database/values.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { withTransaction } from '../../platform/database/transaction.ts';
import { changeJobState } from '../../platform/jobs/store/jobs.ts';

export interface FoundRow {
  readonly code: string;
  /** index of the entry, null if it concerns the whole log */
  readonly index: number | null;
  /** table and row, if it concerns a row of the database */
  readonly about?: string;
  /** as it is reported */
  readonly finding: unknown;
}

export interface StoredFinding extends FoundRow {
  /** the number under which the database has it */
  readonly id: number;
  /** Unix milliseconds */
  readonly foundAt: number;
  /** number of the pass that last saw it; 0 for rows of the database */
  readonly pass: number;
  /** id of the entry that records it */
  readonly exchange: string;
}

/** A time that no process stores is read as 0: it would be no date. */
const columns = `id, code, index, about, finding, pass, exchange,
  CASE WHEN found_at BETWEEN '1970-01-01Z' AND '9999-12-31Z' THEN ${momentOf('found_at')} ELSE '0' END AS "foundAt"`;

interface FindingRow extends Required<Pick<FoundRow, 'code' | 'about' | 'finding'>> {
  readonly id: string;
  readonly index: string | null;
  readonly pass: string;
  readonly exchange: string;
  readonly foundAt: string;
}

/** Without any MAC, the row may be of a process of release 0.2, which served until the end of an upgrade. */
type ForgedCode = Extract<LogFindingCode, 'finding_forged' | 'finding_unsealed'>;

export const gravest = (codes: readonly ForgedCode[]): ForgedCode =>
  codes.includes('finding_forged') ? 'finding_forged' : 'finding_unsealed';

/** A row as it was read. A row that the hub did not write is a finding about itself, and nothing of its content is shown. */
interface ReadFinding extends StoredFinding {
  /** what is wrong with the row itself */
  readonly forged?: ForgedCode;
}

type Content = Omit<StoredFinding, 'id'>;

const macOf = (
  key: KeyObject,
  { code, index, about = '', pass, exchange, foundAt, finding }: Content,
): Buffer =>
  createHmac('sha256', key)
    .update(JSON.stringify(['datong finding 1', code, index, about, pass, exchange, foundAt]))
    .update(canonicalJson(finding as CanonicalValue))
    .digest();

/** The value of the column `finding`. */
function sealed(reader: Reader, content: Content): string {
  const key = sealingOf(reader)?.digests?.key;
  const mac = key === undefined ? {} : { pass: content.pass, mac: macOf(key, content).toString('base64') };
  return JSON.stringify({ ...(content.finding as Readonly<Record<string, unknown>>), ...mac });
}

function readFinding(reader: Reader, row: FindingRow): ReadFinding {
  const { id, code, index, about, exchange, foundAt } = row;
  const stored: StoredFinding = {
    id: Number(id),
    code,
    index: index === null ? null : Number(index),
    about,
    pass: Number(row.pass),
    exchange,
    foundAt: readMoment(foundAt),
    finding: undefined,
  };
  const read = authentic(reader, stored, row.finding);
  if (typeof read !== 'string') return { ...stored, ...read };
  const what = `log_finding ${id}`;
  return { ...stored, about: what, finding: logFinding(read, { what }), forged: read };
}

/** What the hub stored in the column `finding`; a code for a row that it did not write. */
function authentic(
  reader: Reader,
  stored: StoredFinding,
  column: unknown,
): Pick<StoredFinding, 'pass' | 'finding'> | ForgedCode {
  if (typeof column !== 'object' || column === null || Array.isArray(column)) return 'finding_forged';
  const { mac, pass: sealedPass, ...finding } = column as Readonly<Record<string, unknown>>;
  const pass = typeof sealedPass === 'number' ? sealedPass : stored.pass;
  const key = sealingOf(reader)?.digests?.key;
  if (key === undefined) return { pass, finding };
  if (mac === undefined && finding['code'] === stored.code) return 'finding_unsealed';
  if (typeof mac !== 'string') return 'finding_forged';
  try {
    const expected = macOf(key, { ...stored, pass, finding });
    return isSameMac(Buffer.from(mac, 'base64'), expected) ? { pass, finding } : 'finding_forged';
  } catch {
    return 'finding_forged'; // no canonical form: the hub stored nothing of the kind
  }
}

/** Rows that one statement of `forgedFindings` reads. */
const maxForged = 10_000;

/** A row that the hub did not write. */
export interface ForgedRow {
  readonly code: ForgedCode;
  /** digest of the whole row, in base64url: 16 characters */
  readonly digest: string;
}

/** Rows that the hub did not write. */
export async function forgedFindings(reader: Reader): Promise<readonly ForgedRow[]> {
  const { rows } = await reader.query<FindingRow>(
    `SELECT ${columns} FROM log_finding ORDER BY id DESC LIMIT ${maxForged}`,
  );
  return rows.flatMap((row) => {
    const { forged } = readFinding(reader, row);
    return forged === undefined ? [] : [{ code: forged, digest: digestOf(row) }];
  });
}

const digestOf = ({ id, code, index, about, pass, exchange, foundAt, finding }: FindingRow): string =>
  createHash('sha256')
    .update(JSON.stringify([id, code, index, about, pass, exchange, foundAt, finding]))
    .digest()
    .toString('base64url', 0, 12);

/**
 * Stores findings. One with the same code, index and row is replaced, so that a row that the hub did not write hides none.
 * @param now Unix milliseconds @param exchange id of the entry that records them
 */
export async function insertFindings(
  reader: Reader,
  findings: readonly FoundRow[],
  { now, pass, exchange }: { readonly now: number; readonly pass: number; readonly exchange: string },
): Promise<void> {
  const foundAt = Math.round(now);
  for (const { code, index, about = '', finding } of findings) {
    await reader.query(
      `INSERT INTO log_finding (code, index, found_at, pass, finding, exchange, about)
       VALUES ($1, $2, to_timestamp($3 / 1000.0), $4, $5, $6, $7) ON CONFLICT (code, index, about)
       DO UPDATE SET found_at = EXCLUDED.found_at, pass = EXCLUDED.pass, finding = EXCLUDED.finding, exchange = EXCLUDED.exchange`,
      [
        code,
        index,
        foundAt,
        pass,
        sealed(reader, { code, index, about, finding, foundAt, pass, exchange }),
        exchange,
        about,
      ],
    );
  }
}

/** Records that a pass saw stored findings again. */
export async function seenAgain(
  reader: Reader,
  findings: readonly StoredFinding[],
  pass: number,
): Promise<void> {
  for (const one of findings)
    await reader.query('UPDATE log_finding SET pass = $2, finding = $3 WHERE id = $1', [
      one.id,
      pass,
      sealed(reader, { ...one, pass }),
    ]);
}

/** Findings that the hub stored: about rows of the database, or about the log. */
export async function storedFindings(
  reader: Reader,
  concerning: 'rows' | 'log',
): Promise<readonly StoredFinding[]> {
  const { rows } = await reader.query<FindingRow>(
    `SELECT ${columns} FROM log_finding WHERE (about <> '') = $1 ORDER BY id`,
    [concerning === 'rows'],
  );
  return rows.map((row) => readFinding(reader, row)).filter(({ forged }) => forged === undefined);
}

export async function dropFindings(reader: Reader, findings: readonly StoredFinding[]): Promise<void> {
  await reader.query('DELETE FROM log_finding WHERE id = ANY ($1::bigint[])', [findings.map(({ id }) => id)]);
}

/** Whether a finding about rows concerns a dataset: its table, or its current batch. */
export const isOfDataset = (about: string): boolean =>
  about.startsWith('rows.') || about.startsWith('current ');

/**
 * Removes the finding that two persons decided, also from the record of the job that found it: readiness compares the record with the table.
 * @param finding about rows
 */
export async function dropDecided(
  transaction: Reader,
  { code, about }: { readonly code: string; readonly about: string },
): Promise<void> {
  const job = isOfDataset(about) ? 'verifyDatasets' : 'verifyRows';
  const key = sealingOf(transaction)?.digests?.key;
  // the row of the job first, as the acts of a job lock it
  await changeJobState(transaction, job, async (state) => {
    const { rowCount } = await transaction.query('DELETE FROM log_finding WHERE code = $1 AND about = $2', [
      code,
      about,
    ]);
    if (rowCount === 0 || key === undefined) return undefined;
    return changedPassRecord(job, state, key, (pass) => ({
      ...pass,
      findings: Math.max(0, pass.findings - 1),
    }));
  });
}

/** Open findings, the gravest first. @param page its cursor is a `placeOfFinding` */
export async function pageFindings(
  reader: Reader,
  {
    code,
    concerning,
    ...page
  }: OrderedPage & {
    readonly code: string | undefined;
    readonly concerning: 'rows' | 'log' | undefined;
  },
): Promise<PageRows<StoredFinding>> {
  const list = {
    columns,
    order,
    narrow: (rows: Knex.QueryBuilder): void => {
      narrowed(rows, { code });
      if (concerning !== undefined) rows.where('about', concerning === 'rows' ? '<>' : '=', '');
    },
  };
  return pageRows(reader, list, page, (row: FindingRow) => readFinding(reader, row));
}

/** One that means that the whole log was replaced comes first, then those of the whole log, then by entry. */
const order: ListOrder = {
  table: 'log_finding',
  // a cursor has these values; another row is not of the hub, and `verifyRows` and readiness report it
  only: (row) =>
    `${row}.code ~ '^[a-z0-9_]+$' AND coalesce(${row}.index, 0) BETWEEN 0 AND ${Number.MAX_SAFE_INTEGER}`,
  id: ['id'],
  sorts: {
    severity: (row) => [`(${row}.code <> 'root_mismatch')`, `coalesce(${row}.index, -1)`, `${row}.code`],
  },
  usual: 'severity',
  // a finding that is settled leaves the list: those after it are listed all the same
  hasValues: true,
};

/** Its place in the order of the list. */
export const placeOfFinding = ({ id, code, index }: StoredFinding): string =>
  [code === 'root_mismatch' ? 0 : 1, index ?? -1, code, id].join('~');

/** Rows among which the first finding that the hub stored is searched. */
const maxRead = 100;

/** The number of rows, and the first finding: one that the hub stored goes before a row that it did not write. */
export async function countFindings(
  reader: Reader,
): Promise<{ readonly count: number; readonly first: Pick<FoundRow, 'code' | 'index'> | undefined }> {
  const { rows } = await reader.query<FindingRow & { readonly count: string }>(
    `SELECT ${columns}, count(*) OVER () AS count FROM log_finding
      ORDER BY (code = 'root_mismatch') DESC, index NULLS FIRST LIMIT ${maxRead}`,
  );
  const [row] = rows;
  if (row === undefined) return { count: 0, first: undefined };
  const read = rows.map((one) => readFinding(reader, one));
  const own = read.find(({ forged }) => forged === undefined);
  const code = gravest(read.flatMap(({ forged }) => forged ?? []));
  return { count: Number(row.count), first: own ?? { code, index: null } };
}

/** Marker in `row_sum`: the findings of an earlier release have their MACs. */
const allSealed = 'findings';

/** Runs at the start: adds MACs to findings that an earlier release stored, once. */
export async function sealStoredFindings({ owner }: Pick<Database, 'owner'>): Promise<void> {
  const digests = sealingOf(owner)?.digests;
  if (digests === undefined || digests.known(allSealed).version > 0) return;
  await withTransaction(owner, async (transaction) => {
    await lockSums(transaction);
    if ((await summedTables(transaction)).has(allSealed)) return;
    const { rows } = await transaction.query<FindingRow>(`SELECT ${columns} FROM log_finding`);
    for (const row of rows) {
      const { about, finding } = row;
      if (typeof finding !== 'object' || finding === null) continue; // no release stored it
      const read = readFinding(transaction, row);
      await seenAgain(transaction, [{ ...read, about, finding }], read.pass);
    }
    await writeSum(transaction, digests.key, allSealed, { version: 1, count: 0, sum: 0n });
  });
  digests.seen(allSealed, { version: 1 });
}
