import { timeOfUuid7 } from '../../../../machine/uuid7.ts';
import { ofOneHand } from '../../../domain/standIn.ts';
import { verdictOf } from '../../../domain/permissions.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { readable } from '../../../registry/verifyStanding.ts';
import {
  isMandated,
  listWaitingPolicyDocuments,
  type PolicyDocumentRow,
} from '../../../registry/store/policy/policyDocuments.ts';
import { ownMandates, signableUnder } from '../../mandates/operations/signableBy.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import { placeOf } from '../../../identity/staffPlaces.ts';
import { namesBeside } from '../../common/namesBeside.ts';
import { approvePolicyDocument } from '../../agreements/operations/approvePolicyDocument.ts';

/** Policy documents of others that wait for approval, or for a signature that a mandate lets the caller make by her passkey. */
export async function waitingDocuments({ caller, now }: Call<StaffCaller>, services: Services) {
  const { database, identity } = services;
  const mandates = await ownMandates(caller, services);
  const rows = await listWaitingPolicyDocuments(database.app);
  return rows.flatMap((row) => {
    const { id, version, kind, digest, provider, consumer, author, submittedBy } = row;
    if (ofOneHand(caller, author)) return [];
    const approves =
      verdictOf(approvePolicyDocument.permission, caller.grants, [placeOf(identity, provider)]) === 'act';
    const signable = mandates.length === 0 ? [] : unsignedSides(row);
    if (!approves && signable.length === 0) return [];
    return [
      {
        ...{ id, version, kind, digest, author, ...namesBeside(identity, { author }) },
        since: moment(timeOfUuid7(submittedBy)),
        ...(provider === null ? {} : { provider }),
        ...(consumer === null ? {} : { consumer }),
        ...(signable.length === 0 ? {} : { signable }),
        ...(approves ? {} : { signOnly: true }),
      },
    ];
  });

  /** Sides that nobody has signed, and she may; not both of them. */
  function unsignedSides(row: PolicyDocumentRow) {
    const document = readable(row.text);
    if (document === undefined) return [];
    const { signatures } = row;
    if (signatures.some((one) => isMandated(one) && ofOneHand(caller, one.person))) return [];
    return signableUnder(mandates, caller, { row, document }, now, services)
      .found.filter(({ party }) => !signatures.some(({ role }) => role === party.role))
      .map(({ party: { role, department }, row: { id } }) => ({ role, department, mandate: id }));
  }
}
