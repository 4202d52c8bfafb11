import { composer, narrowed, rowsOf } from '../../../platform/database/compiled.ts';
import { momentOf, readMoment, readMomentOrNull } from '../../../platform/database/moment.ts';
import type { Page } from '../../../platform/database/page.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import {
  policyColumns,
  withStops,
  type PolicyDocumentRow,
  type StoredPolicyDocument,
} from './policyDocuments.ts';

export interface PolicyDocumentsWanted extends Page {
  /** only agreements that one of these is a party of; undefined: every document */
  readonly parties: readonly string[] | undefined;
  readonly kind: string | undefined;
  readonly state: string | undefined;
  readonly id: string | undefined;
  /** of its text, hex */
  readonly digest: string | undefined;
  readonly provider: string | undefined;
  readonly consumer: string | undefined;
  readonly dataset: string | undefined;
}

export interface DatedPolicyDocument extends PolicyDocumentRow {
  /** Unix milliseconds */
  readonly submittedAt: number;
  readonly decidedAt: number | null;
}

/** Every version of every document, by id and version. `after` is `id@version`. */
export async function pagePolicyDocuments(
  reader: Reader,
  { after, most, parties, kind, state, id, digest, provider, consumer, dataset }: PolicyDocumentsWanted,
): Promise<DatedPolicyDocument[]> {
  const query = composer('policy_document').select(
    composer.raw(
      `${policyColumns}, ${momentOf('submitted_at')} AS submitted, ${momentOf('decided_at')} AS decided`,
    ),
  );
  if (after !== undefined)
    query.whereRaw("(id, version) > (split_part(?, '@', 1), split_part(?, '@', 2)::integer)", [after, after]);
  if (parties !== undefined)
    query.whereRaw('(provider = ANY(?) OR consumer = ANY(?))', [[...parties], [...parties]]);
  narrowed(query, { kind, state, id, digest, provider, consumer });
  if (dataset !== undefined)
    query.whereRaw('(text::jsonb @> ?::jsonb OR text::jsonb @> ?::jsonb)', [
      JSON.stringify({ grants: [{ dataset }] }),
      JSON.stringify({ when: { dataset: [dataset] } }),
    ]);
  const rows = await rowsOf<
    StoredPolicyDocument & { readonly submitted: string; readonly decided: string | null }
  >(reader, query.orderBy(['id', 'version']).limit(most));
  return rows.map(({ submitted, decided, ...row }) => ({
    ...withStops(row),
    submittedAt: readMoment(submitted),
    decidedAt: readMomentOrNull(decided),
  }));
}
