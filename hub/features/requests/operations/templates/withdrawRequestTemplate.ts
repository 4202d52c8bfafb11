import { Problem } from '../../../../../terms/problem.ts';
import { insertTemplate, templateByCode } from '../../store/templates.ts';
import { registered } from '../../../registry/operations/registration.ts';
import { proposing } from '../../../../domain/cells.ts';
import { ofOffice } from '../../../../pipeline/ownership.ts';
import { proposable } from '../../../proposals/operations/proposable.ts';

/** No request is begun from it any more; those that were go on. @throws Problem not_found */
export const withdrawRequestTemplate = proposable('withdrawRequestTemplate', {
  permission: { 'office steward': proposing, steward: proposing },
  owner: ofOffice,
  secondPerson: true,
  run: async (call, { database }, hands) => {
    const { reason } = call.body;
    const code = call.params.template;
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
  },
});
