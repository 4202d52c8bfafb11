import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import type { AllowedOutcome, Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { readable } from '../../registry/verifyStanding.ts';
import { listStandingPolicyDocuments } from '../../store/policy/policyDocuments.ts';
import { insertMatter, mattersByCode } from '../../store/registry/matters.ts';
import { registered } from '../registry/registration.ts';
import type { Hands } from '../registry/registrar.ts';
import type { Services } from '../services.ts';

/**
 * A matter is handled no more; what was counted of it stays. Refused while an agreement in force names it: its calls would go on.
 * @throws Problem not_found, matter_in_use
 */
export async function endMatter(
  call: Call<StaffCaller>,
  { database }: Services,
  hands: Hands,
): Promise<AllowedOutcome> {
  const { reason } = call.body as components['schemas']['Withdrawal'];
  const code = call.params['matter'] ?? '';
  const [known] = await mattersByCode(database.app, [code]);
  if (known === undefined) throw new Problem('not_found');
  const users = (await listStandingPolicyDocuments(database.app)).filter(({ text }) => {
    const document = readable(text);
    return document?.kind === 'Agreement' && document.matters?.some((one) => one.code === code) === true;
  });
  const [user] = users;
  if (user !== undefined && known.ended === null)
    throw new Problem('matter_in_use', { matter: code, agreement: `${user.id}@${user.version}` });
  const revision = known.revision + (known.ended === null ? 1 : 0);
  return registered({
    kind: 'Matter',
    id: code,
    version: String(revision),
    digest: known.digest,
    registered: known.ended === null ? undefined : known.digest,
    versioned: true,
    work: (transaction) =>
      insertMatter(transaction, { ...known, revision, ended: reason }, hands, call.exchange),
    change: { ended: true },
  });
}
