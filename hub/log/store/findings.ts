/** Open findings of re-verification: one row per finding, with the pass that last saw it. */
import type { Knex } from 'knex';
import { pageRows, type ListOrder, type OrderedPage, type PageRows } from '../../platform/database/pages.ts';
import { momentOf, narrowed, readMoment } from '../../platform/database/values.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface FoundRow {
  readonly code: string;
  /** index of the entry, null if it concerns the whole log */
  readonly index: number | null;
  /** table and row, if it concerns a row of the database */
  readonly about?: string;
  /** as it is reported */
  readonly finding: unknown;
}

/** Records that known findings were seen again. @returns the new ones */
export async function seenAgain(
  reader: Reader,
  findings: readonly FoundRow[],
  pass: number,
): Promise<FoundRow[]> {
  const fresh: FoundRow[] = [];
  for (const one of findings) {
    const { rowCount } = await reader.query(
      `UPDATE log_finding SET pass = $3 WHERE code = $1 AND index IS NOT DISTINCT FROM $2 AND about = ''`,
      [one.code, one.index, pass],
    );
    if (rowCount === 0) fresh.push(one);
  }
  return fresh;
}

/** @param now Unix milliseconds @param exchange id of the entry that records them */
export async function insertFindings(
  reader: Reader,
  findings: readonly FoundRow[],
  { now, pass, exchange }: { readonly now: number; readonly pass: number; readonly exchange: string },
): Promise<void> {
  for (const { code, index, about = '', finding } of findings) {
    await reader.query(
      `INSERT INTO log_finding (code, index, found_at, pass, finding, exchange, about)
       VALUES ($1, $2, to_timestamp($3 / 1000.0), $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      [code, index, now, pass, JSON.stringify(finding), exchange, about],
    );
  }
}

/** Findings that a whole pass did not see again. */
export async function staleFindings(reader: Reader, pass: number): Promise<number> {
  const { rows } = await reader.query<{ count: string }>(
    `SELECT count(*) FROM log_finding WHERE pass < $1 AND about = ''`,
    [pass],
  );
  return Number(rows[0]?.count);
}

export async function dropStaleFindings(reader: Reader, pass: number): Promise<void> {
  await reader.query(`DELETE FROM log_finding WHERE pass < $1 AND about = ''`, [pass]);
}

/** Whether a finding about rows concerns a dataset: its table, or its current batch. */
export const isOfDataset = (about: string): boolean =>
  about.startsWith('rows.') || about.startsWith('current ');

/** Findings about rows of the database. */
export async function listRowFindings(reader: Reader): Promise<FoundRow[]> {
  const { rows } = await reader.query<FoundRow>(
    `SELECT code, NULL AS index, about, finding FROM log_finding WHERE about <> '' ORDER BY id`,
  );
  return rows;
}

export async function dropRowFindings(reader: Reader, findings: readonly FoundRow[]): Promise<void> {
  await reader.query(
    `DELETE FROM log_finding AS f USING unnest($1::text[], $2::text[]) AS gone (code, about)
      WHERE f.code = gone.code AND f.about = gone.about`,
    [findings.map(({ code }) => code), findings.map(({ about }) => about)],
  );
}

export interface ListedFinding extends FoundRow {
  /** the number under which the database has it */
  readonly id: number;
  /** Unix milliseconds */
  readonly foundAt: number;
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
): Promise<PageRows<ListedFinding>> {
  const list = {
    columns: `id, code, index, about, finding, ${momentOf('found_at')} AS "foundAt"`,
    order,
    narrow: (rows: Knex.QueryBuilder): void => {
      narrowed(rows, { code });
      if (concerning !== undefined) rows.where('about', concerning === 'rows' ? '<>' : '=', '');
    },
  };
  return pageRows(reader, list, page, ({ id, index, foundAt, ...row }: StoredFinding) => ({
    ...row,
    id: Number(id),
    index: index === null ? null : Number(index),
    foundAt: readMoment(foundAt),
  }));
}

type StoredFinding = Omit<FoundRow, 'index'> & {
  readonly id: string;
  readonly index: string | null;
  readonly foundAt: string;
};

/** One that means that the whole log was replaced comes first, then those of the whole log, then by entry. */
const order: ListOrder = {
  table: 'log_finding',
  id: ['id'],
  sorts: {
    severity: (row) => [`(${row}.code <> 'root_mismatch')`, `coalesce(${row}.index, -1)`, `${row}.code`],
  },
  usual: 'severity',
  // a finding that is settled leaves the list: those after it are listed all the same
  hasValues: true,
};

/** Its place in the order of the list. */
export const placeOfFinding = ({ id, code, index }: ListedFinding): string =>
  [code === 'root_mismatch' ? 0 : 1, index ?? -1, code, id].join('~');

/** The number of open findings, and the first of them. @param concerning rows: only those about rows of the database */
export async function standingFindings(
  reader: Reader,
  concerning?: 'rows',
): Promise<{ readonly count: number; readonly first: FoundRow | undefined }> {
  const { rows } = await reader.query<{
    code: string;
    index: string | null;
    finding: unknown;
    count: string;
  }>(
    `SELECT code, index, finding, count(*) OVER () AS count FROM log_finding WHERE about <> '' OR $1
      ORDER BY (code = 'root_mismatch') DESC, index NULLS FIRST LIMIT 1`,
    [concerning === undefined],
  );
  const [row] = rows;
  if (row === undefined) return { count: 0, first: undefined };
  const index = row.index === null ? null : Number(row.index);
  return { count: Number(row.count), first: { code: row.code, index, finding: row.finding } };
}
