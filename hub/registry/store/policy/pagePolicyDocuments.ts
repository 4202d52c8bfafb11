import {
  momentOf,
  readMoment,
  readMomentOrNull,
  type SearchedText,
  containing,
  narrowed,
} from '../../../platform/database/values.ts';
import type { Knex } from 'knex';
import {
  byDepartment,
  itself,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../../platform/database/pages.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import {
  policyColumns,
  withStops,
  type PolicyDocumentRow,
  type StoredPolicyDocument,
} from './policyDocuments.ts';
import { leafOf } from '../../../log/store/storedLeaves.ts';
import type { SoughtWord } from '../../../domain/soughtWords.ts';
import type { StopSide } from '../../../domain/stops.ts';

export interface PolicyDocumentsQuery extends OrderedPage {
  /** only agreements with one of these parties; undefined: every document */
  readonly parties: readonly string[] | undefined;
  readonly kind: string | undefined;
  readonly state: string | undefined;
  readonly id: string | undefined;
  /** of its text, hex */
  readonly digest: string | undefined;
  readonly provider: string | undefined;
  readonly consumer: string | undefined;
  readonly dataset: string | undefined;
  /** each must be in its id, title or datasets, or name a party */
  readonly words?: readonly SoughtWord[];
  /** only the newest version of each document */
  readonly newest?: boolean;
}

export interface DatedPolicyDocument extends PolicyDocumentRow {
  /** Unix milliseconds */
  readonly submittedAt: number;
  readonly decidedAt: number | null;
}

const searched: SearchedText = {
  text: `concat_ws(' ', policy_document.id, policy_document.text::jsonb #>> '{title,zh}', policy_document.text::jsonb #>> '{title,en}',
    (SELECT string_agg(granted #>> '{}', ' ') FROM jsonb_path_query(policy_document.text::jsonb, '$.grants[*].dataset') AS granted))`,
  departments: ['provider', 'consumer'],
};

/** Every version of every document, by id and version. `after` is `id@version`. */
export async function pagePolicyDocuments(
  reader: Reader,
  { parties, dataset, words = [], newest, ...wanted }: PolicyDocumentsQuery,
): Promise<PageRows<DatedPolicyDocument>> {
  const columns = `${policyColumns}, ${momentOf('submitted_at')} AS submitted, ${momentOf('decided_at')} AS decided`;
  return pageRows(reader, { columns, order, permit, narrow }, wanted, read);

  function permit(rows: Knex.QueryBuilder): void {
    if (parties !== undefined)
      rows.whereRaw('(provider = ANY(?) OR consumer = ANY(?))', [[...parties], [...parties]]);
  }

  function narrow(rows: Knex.QueryBuilder): void {
    const { kind, state, id, digest, provider, consumer } = wanted;
    narrowed(rows, { kind, state, id, digest, provider, consumer });
    if (dataset !== undefined)
      rows.whereRaw('(text::jsonb @> ?::jsonb OR text::jsonb @> ?::jsonb)', [
        JSON.stringify({ grants: [{ dataset }] }),
        JSON.stringify({ when: { dataset: [dataset] } }),
      ]);
    containing(rows, searched, words);
    if (newest === true)
      rows.whereRaw(
        'NOT EXISTS (SELECT FROM policy_document AS later WHERE later.id = policy_document.id AND later.version > policy_document.version)',
      );
  }
}

const read = ({
  submitted,
  decided,
  ...row
}: StoredPolicyDocument & {
  readonly submitted: string;
  readonly decided: string | null;
}): DatedPolicyDocument => ({
  ...withStops(row),
  submittedAt: readMoment(submitted),
  decidedAt: readMomentOrNull(decided),
});

const order: ListOrder = {
  table: 'policy_document',
  id: ['id', 'version'],
  sorts: {
    id: itself,
    provider: (row) => [byDepartment(`${row}.provider`)],
    consumer: (row) => [byDepartment(`${row}.consumer`)],
    submitted: (row) => [`${row}.submitted_at`],
  },
  usual: 'id',
  showsAltered: true,
};

/** The rows of the table of documents, with the entries that wrote them, for comparing one with the other. */
export interface ConsentStateRow extends Omit<PolicyDocumentRow, 'writtenAgainst' | 'tightening' | 'stops'> {
  /** sides that have stopped it */
  readonly stopped: readonly StopSide[];
  /** leaf of the entry that submitted it; null if there is no such entry */
  readonly submitted: Uint8Array | null;
  /** leaf of the entry that last changed its state; null if there is none */
  readonly decided: Uint8Array | null;
}

/** Documents in force or suspended, in a stable order. */
export async function listDocumentsInForce(reader: Reader): Promise<ConsentStateRow[]> {
  const { rows } = await reader.query<ConsentStateRow>(
    `SELECT d.id, d.version, d.kind, d.text, d.digest, d.state, d.automatic, d.consumer, d.provider, d.signatures,
            d.author, d.approver,
            array_remove(ARRAY[
              CASE WHEN d.stopped_consumer IS NOT NULL THEN 'consumer' END, CASE WHEN d.stopped_provider IS NOT NULL THEN 'provider' END,
              CASE WHEN d.stopped_security IS NOT NULL THEN 'security' END, CASE WHEN d.stopped_office IS NOT NULL THEN 'office' END
            ], NULL) AS stopped, s.leaf AS submitted, a.leaf AS decided
       FROM policy_document d
       LEFT JOIN audit_entry s ON s.id = d.submitted_by
       LEFT JOIN audit_entry a ON a.id = d.decided_by
      WHERE d.state IN ('active', 'suspended') ORDER BY d.id`,
  );
  const read = (leaf: Uint8Array | null): Uint8Array | null => leaf && leafOf(leaf);
  return rows.map((row) => ({ ...row, submitted: read(row.submitted), decided: read(row.decided) }));
}
