import { assertionType } from '../../../../certs/jws.ts';
import { opensPerson } from '../../../../log/commitment.ts';
import {
  invalidAssertion,
  readAssertion,
  type SubjectAssertion,
} from '../../../../policies/consents/assertion.ts';
import { anotherPerson } from '../../../../policies/consents/readConsent.ts';
import { Problem } from '../../../../terms/problem.ts';
import { personService } from '../store/personServices.ts';
import { signedByCaller } from '../../consents/operations/signedByCaller.ts';
import type { Services } from '../../common/services.ts';

/**
 * Whom an appointed department's service has proven: its own signature over this very person, for this hub, minutes ago.
 * @throws Problem not_person_service, assertion_invalid
 */
export async function assertedPerson(
  {
    jws,
    subject,
  }: { readonly jws: string; readonly subject: { readonly value: string; readonly salt: string } },
  { department, now }: { readonly department: string; readonly now: number },
  { database, identity, hub }: Pick<Services, 'database' | 'identity' | 'hub'>,
): Promise<SubjectAssertion> {
  if ((await personService(database.app, department)) !== true)
    throw new Problem('not_person_service', { department });
  const signed = await signedByCaller(jws, department, identity);
  if (signed?.typ !== assertionType) {
    throw invalidAssertion({
      zh: `应为本部门有效密钥签署的 ${assertionType}`,
      en: `a ${assertionType} signed by a key in force of your department is wanted`,
    });
  }
  const assertion = readAssertion(signed.payload, department, { hub: hub.publicOrigin, now });
  if (!opensPerson(assertion.subject.commitment, subject)) throw invalidAssertion(anotherPerson);
  return assertion;
}
