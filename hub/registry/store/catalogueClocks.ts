/** The subjects of the catalogue's deadlines: of these departments' entries; undefined: of all. */
import { momentOf, readMoment } from '../../platform/database/values.ts';
import type { Reader } from '../../platform/database/reader.ts';

type Of = readonly string[] | undefined;
const values = (departments: Of): unknown[] => (departments === undefined ? [] : [[...departments]]);

export interface WaitingRevision {
  /** id of the proposal */
  readonly proposal: string;
  /** of the entry, or of the import */
  readonly name: string;
  /** null: the data office */
  readonly owner: string | null;
  /** Unix milliseconds */
  readonly since: number;
}

/** Entries, and imports of entries, that wait for a second person. */
export async function waitingRevisions(reader: Reader, departments: Of): Promise<WaitingRevision[]> {
  const ofDepartments = departments === undefined ? '' : ' AND owner = ANY ($1::text[])';
  const { rows } = await reader.query<Omit<WaitingRevision, 'since'> & { readonly proposed: string }>(
    `SELECT id AS proposal, name, owner, ${momentOf('proposed_at')} AS proposed FROM proposal
      WHERE state = 'waiting' AND operation IN ('registerCatalogueEntry', 'importCatalogue')${ofDepartments}
      ORDER BY proposed_at, id`,
    values(departments),
  );
  return rows.map(({ proposed, ...row }) => ({ ...row, since: readMoment(proposed) }));
}

export interface EntryOfRetired {
  readonly entry: string;
  readonly department: string;
  readonly dataset: string;
  /** id of the entry of the log that retired it; its first 48 bits are the time */
  readonly retiredBy: string;
}

/** Live entries that name a retired dataset. */
export async function entriesOfRetired(reader: Reader, departments: Of): Promise<EntryOfRetired[]> {
  const ofDepartments = departments === undefined ? '' : ' AND e.department = ANY ($1::text[])';
  const { rows } = await reader.query<EntryOfRetired>(
    `SELECT e.id AS entry, e.department, d.id AS dataset, d.decided_by AS "retiredBy"
       FROM catalogue_entry AS e CROSS JOIN unnest(e.datasets) AS named (id) JOIN dataset AS d ON d.id = named.id
      WHERE NOT e.superseded AND d.state = 'retired' AND d.decided_by IS NOT NULL${ofDepartments}`,
    values(departments),
  );
  return rows;
}

export interface EntryContradicted {
  readonly entry: string;
  readonly department: string;
  readonly dataset: string;
  /** Unix milliseconds at which the live revision was registered */
  readonly since: number;
}

/**
 * Live entries whose datasets have other sharing than they declare: from earlier versions, or edited in the database. Only conditional
 * sharing has conditions, so the documents of other entries are not read.
 */
export async function entriesContradicted(reader: Reader, departments: Of): Promise<EntryContradicted[]> {
  const ofDepartments = departments === undefined ? '' : ' AND e.department = ANY ($1::text[])';
  const { rows } = await reader.query<Omit<EntryContradicted, 'since'> & { readonly registered: string }>(
    `SELECT e.id AS entry, e.department, d.id AS dataset, ${momentOf('e.registered_at')} AS registered
       FROM catalogue_entry AS e CROSS JOIN unnest(e.datasets) AS named (id) JOIN dataset AS d ON d.id = named.id
      WHERE NOT e.superseded AND d.state <> 'retired'${ofDepartments}
        AND (d.sharing <> e.sharing OR d.conditions <>
             CASE e.sharing WHEN 'conditional' THEN coalesce(e.document #>> '{sharing,conditions}', '') ELSE '' END)
      ORDER BY e.id, d.id`,
    values(departments),
  );
  return rows.map(({ registered, ...row }) => ({ ...row, since: readMoment(registered) }));
}

export interface EntryLate {
  readonly entry: string;
  readonly department: string;
  readonly dataset: string;
  readonly frequency: string;
  /** Unix milliseconds: start of the last file that was published, waits for a person or a checker, or repeats the current one */
  readonly cameAt: number;
}

/**
 * Live entries with datasets that may be late: hosted, published, with the last data before a moment. Those with expected batches (报送周期)
 * are reported as silent, not here.
 * @param before Unix milliseconds
 */
export async function entriesWithCycle(
  reader: Reader,
  departments: Of,
  before: number,
): Promise<EntryLate[]> {
  const ofDepartments = departments === undefined ? '' : ' AND e.department = ANY ($1::text[])';
  const bound = [...values(departments), before];
  const { rows } = await reader.query<Omit<EntryLate, 'cameAt'> & { readonly came: string }>(
    `SELECT e.id AS entry, e.department, d.id AS dataset, e.document ->> 'updateFrequency' AS frequency,
            (SELECT ${momentOf('max(b.opened_at)')} FROM batch AS b WHERE b.dataset = d.id AND b.retranslates IS NULL
                AND (b.same_as IS NOT NULL OR b.state IN ('checking', 'held', 'published', 'superseded'))) AS came
       FROM catalogue_entry AS e CROSS JOIN unnest(e.datasets) AS named (id) JOIN dataset AS d ON d.id = named.id
       JOIN batch AS seen ON seen.id = d.current_batch
      WHERE NOT e.superseded AND e.document ->> 'updateFrequency' <> 'irregular' AND d.state = 'published'
        AND NOT d.intake ? 'expect' AND seen.opened_at < to_timestamp($${bound.length}::double precision / 1000)${ofDepartments}`,
    bound,
  );
  return rows.map(({ came, ...row }) => ({ ...row, cameAt: readMoment(came) }));
}
