/** Whom a search of the log is about: named by identifier, or by a case about them. */
import type { components } from '../../../../api/openapi.ts';
import { Problem } from '../../../../terms/problem.ts';
import { layoutOf } from '../../../domain/rowTable/layout.ts';
import { caseRow } from '../../../flows/caseRow.ts';
import { liveDataset } from '../../../flows/hostedDataset.ts';
import { requestedKey } from '../../../flows/ownKey.ts';
import { sealerOf } from '../../../flows/sealer.ts';
import { intakeRulesOf } from '../../../registry/store/datasets.ts';
import type { Services } from '../../common/services.ts';
import { hashOf } from './sealedSubjects.ts';

type Searched = NonNullable<components['schemas']['LogSearch']['subject']>;

/**
 * The permanent hash of the person or organisation; identifier and key are discarded.
 * @param scope the department whose auditor searches; undefined for the data office
 * @throws Problem unknown_reference, dataset_unknown, not_the_provider, rows_not_changeable, key_unfit, row_unknown, case_subject_missing,
 *   rows_unauthenticated, sealed_bytes_damaged
 */
export async function searchedSubject(
  { dataset, value, key }: Searched,
  scope: string | undefined,
  services: Services,
): Promise<Uint8Array> {
  const identifier =
    key === undefined ? (value ?? '') : await identifierOfCase({ dataset, key }, scope, services);
  return hashOf({ dataset, value: identifier }, services);
}

/** A contributor's auditor is refused: two cases with the same entries would disclose that one person reported both. */
async function identifierOfCase(
  { dataset: id, key }: { readonly dataset: string; readonly key: NonNullable<Searched['key']> },
  scope: string | undefined,
  { registry, database, keys }: Services,
): Promise<string> {
  const dataset = liveDataset(registry, id);
  const { row, schema } = dataset;
  if (scope !== undefined && scope !== row.department) throw new Problem('not_the_provider');
  if (intakeRulesOf(row).cases === undefined) throw new Problem('rows_not_changeable', { dataset: id });
  const found = await caseRow(database.app, sealerOf(keys.sealing), dataset, {
    key: requestedKey(key, layoutOf(schema).key, '/body/subject/key'),
    conditions: [],
  });
  if (found === undefined) throw new Problem('row_unknown', { dataset: id });
  const identifier = found.stored[schema.subject?.field ?? ''];
  if (typeof identifier !== 'string') throw new Problem('case_subject_missing', { dataset: id });
  return identifier;
}
