import type { components } from '../../../../api/openapi.ts';
import type { Agreement } from '../../../../policies/documents/agreement.ts';
import { parseAgreement } from '../../../../policies/documents/parseDocument.ts';
import { Problem } from '../../../../terms/problem.ts';
import { effectTogether } from '../../../registry/effectTogether.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { policyDocumentVersions } from '../../../registry/store/policy/policyDocuments.ts';
import { refuseGap } from '../../agreements/operations/activate.ts';
import { writeAutomatic } from '../../agreements/operations/automatic.ts';
import { checkNumber } from '../../agreements/operations/sameParties.ts';
import { checkSharing } from '../../agreements/operations/submitPolicyDocument.ts';
import { versionNotNext } from '../../common/versionNotNext.ts';

type Asked = Pick<components['schemas']['DataRequest'], 'document' | 'automatic'>;

/**
 * The agreement that is asked for: compiled together with what is in force, on data that is shared at all, in the next version of its name.
 * @throws Problem request_unfit, policy_invalid, policy_does_not_compile, sharing_refused, sharing_not_unconditional,
 *   sharing_without_entry, parties_differ, version_not_next, answers_would_break
 */
export async function askedAgreement(
  reader: Reader,
  { document, automatic }: Asked,
  now: number,
): Promise<Agreement> {
  const agreement =
    automatic === undefined ? parseAgreement(document, 'document') : await writeAutomatic(reader, automatic);
  // only the hub writes automatic agreements
  if (automatic === undefined && agreement.automatic === true) throw new Problem('automatic_by_hub_only');
  if (agreement.approval !== undefined) throw new Problem('approval_by_import_only');
  const versions = await policyDocumentVersions(reader, agreement.id);
  await checkNumber(reader, agreement, versions);
  const expected = (versions.at(-1)?.version ?? 0) + 1;
  if (agreement.version !== expected)
    throw versionNotNext(`Agreement ${agreement.id}`, expected, agreement.version);
  await checkSharing(reader, agreement);
  const effect = await effectTogether(reader, agreement, now);
  // it will be in force at once, without anybody who looks at its effect
  if (automatic !== undefined) refuseGap(effect);
  return agreement;
}
