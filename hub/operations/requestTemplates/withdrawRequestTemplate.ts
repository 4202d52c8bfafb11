import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import type { AllowedOutcome, Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { insertTemplate, templateByCode } from '../../store/requests/templates.ts';
import { registered } from '../registry/registration.ts';
import type { Hands } from '../registry/registrar.ts';
import type { Services } from '../services.ts';

/** No request is begun from it any more; those that were go on. @throws Problem not_found */
export async function withdrawRequestTemplate(
  call: Call<StaffCaller>,
  { database }: Services,
  hands: Hands,
): Promise<AllowedOutcome> {
  const { reason } = call.body as components['schemas']['Withdrawal'];
  const code = call.params['template'] ?? '';
  const known = await templateByCode(database.app, code);
  if (known === undefined) throw new Problem('not_found');
  const over = known.withdrawn !== null;
  const revision = known.revision + (over ? 0 : 1);
  return registered({
    kind: 'RequestTemplate',
    id: code,
    version: String(revision),
    digest: known.digest,
    registered: over ? known.digest : undefined,
    versioned: true,
    work: (transaction) =>
      insertTemplate(transaction, { ...known, revision, withdrawn: reason }, hands, call.exchange),
    change: { withdrawn: true },
  });
}
