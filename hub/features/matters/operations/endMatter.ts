import { Problem } from '../../../../terms/problem.ts';
import { readable } from '../../../registry/verifyStanding.ts';
import { listStandingPolicyDocuments } from '../../../registry/store/policy/policyDocuments.ts';
import { insertMatter, mattersByCode } from '../../../registry/store/matters.ts';
import { registered } from '../../registry/operations/registration.ts';
import { proposing } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';

/**
 * A matter is handled no more; what was counted of it stays. Refused while an agreement in force names it: its calls would go on.
 * @throws Problem not_found, matter_in_use
 */
export const endMatter = proposable('endMatter', {
  permission: { operator: proposing, 'office steward': proposing, steward: proposing },
  owner: ofOffice,
  secondPerson: true,
  run: async (call, { database }, hands) => {
    const { reason } = call.body;
    const code = call.params.matter;
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
  },
});
