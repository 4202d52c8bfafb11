import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import { insertPurpose, purposeByCode, type PurposeRow } from '../../store/registry/purposes.ts';
import { digestOf, registered } from './registration.ts';
import type { Hands } from './registrar.ts';
import type { AllowedOutcome, Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';

/** @throws Problem unknown_reference (parent), already_registered */
export async function registerPurpose(
  call: Call<StaffCaller>,
  { database }: Services,
  hands: Hands,
): Promise<AllowedOutcome> {
  const { code, parent, title } = call.body as components['schemas']['Purpose'];
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
}
