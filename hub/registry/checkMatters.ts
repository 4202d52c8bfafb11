import { consumerOf } from '../../policies/documents/agreement.ts';
import { matterRegisterFindings, type RegisteredMatter } from '../../policies/documents/registeredMatters.ts';
import type { PolicyDocument } from '../../policies/documents/storedDocument.ts';
import { Problem } from '../../terms/problem.ts';
import type { Reader } from '../platform/database/reader.ts';
import { mattersByCode } from './store/matters.ts';

/** @throws Problem policy_does_not_compile, if it names a matter that is not in the register in this form */
export async function checkMatters(reader: Reader, document: PolicyDocument): Promise<void> {
  if (document.kind !== 'Agreement' || document.matters === undefined) return;
  const rows = await mattersByCode<Pick<RegisteredMatter, 'materials'>>(
    reader,
    document.matters.map(({ code }) => code),
  );
  const register = rows.map(({ code, departments, document: { materials }, ended }) => ({
    code,
    departments,
    materials,
    ended: ended !== null,
  }));
  const findings = matterRegisterFindings(document, consumerOf(document), register);
  if (findings.length > 0)
    throw new Problem('policy_does_not_compile', { count: findings.length }, { findings });
}
