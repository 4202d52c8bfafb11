import { Problem } from '../../../../terms/problem.ts';
import { insertPurpose, purposeByCode, type PurposeRow } from '../../../registry/store/purposes.ts';
import { digestOf, registered } from './registration.ts';
import { proposing } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';

/** @throws Problem unknown_reference (parent), already_registered */
export const registerPurpose = proposable('registerPurpose', {
  permission: { operator: proposing, 'office steward': proposing, steward: proposing },
  owner: ofOffice,
  secondPerson: true,
  run: async (call, { database }, hands) => {
    const { code, parent, title } = call.body;
    if (parent !== undefined && (await purposeByCode(database.app, parent)) === undefined) {
      throw new Problem('unknown_reference', { kind: 'Purpose', name: parent }, { at: '/body/parent' });
    }
    const row: PurposeRow = { code, parent: parent ?? null, titleZh: title.zh, titleEn: title.en };
    const known = await purposeByCode(database.app, code);
    return registered({
      kind: 'Purpose',
      id: code,
      digest: digestOf(row),
      registered: known === undefined ? undefined : digestOf(known),
      versioned: false,
      work: (transaction) => insertPurpose(transaction, row, hands, call.exchange),
    });
  },
});
