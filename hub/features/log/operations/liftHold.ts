import { Problem } from '../../../../terms/problem.ts';
import { legalHoldById, liftLegalHold } from '../../../log/store/legalHolds.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import { own } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';

/**
 * Ends a legal hold before its day; from then on what is due goes with the next run of its job.
 * @throws Problem not_found, transition_not_allowed
 */
export const liftHold = proposable('liftHold', {
  permission: { 'office security': own, 'office auditor': own },
  owner: ofOffice,
  secondPerson: true,
  run: async (call, { database }, hands) => {
    const { reason } = call.body;
    const id = call.params.hold;
    const known = await legalHoldById(database.app, id);
    if (known === undefined) throw new Problem('not_found');
    const ended = new Problem('transition_not_allowed', {
      what: `LegalHold ${id}`,
      state: 'ended',
      act: 'end',
    });
    if (known.liftedBy !== null || known.until <= call.now) throw ended;
    return registered({
      kind: 'LegalHold',
      id,
      digest: digestOf({ lifted: known.digest, reason }),
      registered: undefined,
      versioned: false,
      work: async (transaction) => {
        if (!(await liftLegalHold(transaction, { id, by: hands.approver ?? hands.author, reason })))
          throw ended;
      },
      change: { ended: true, reason },
    });
  },
});
