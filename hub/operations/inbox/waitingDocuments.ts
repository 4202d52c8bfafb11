import { ofOneHand } from '../../domain/standIn.ts';
import { verdictOf } from '../../domain/permissions.ts';
import type { Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { listWaitingPolicyDocuments } from '../../store/policy/policyDocuments.ts';
import type { Services } from '../services.ts';
import { placeOf } from './places.ts';
import { namesBeside } from '../namesBeside.ts';

/** Policy documents of others that wait for approval. */
export async function waitingDocuments(
  { caller }: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<readonly object[]> {
  const rows = (await listWaitingPolicyDocuments(database.app)).filter(
    ({ author, provider }) =>
      !ofOneHand(caller, author) &&
      verdictOf('approvePolicyDocument', caller.grants, [placeOf(identity, provider)]) === 'act',
  );
  return rows.map(({ id, version, kind, digest, provider, consumer, author }) => ({
    ...{ id, version, kind, digest, author, ...namesBeside(identity, { author }) },
    ...(provider === null ? {} : { provider }),
    ...(consumer === null ? {} : { consumer }),
  }));
}
