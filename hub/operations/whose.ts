/** Whose a thing is that a staff call names: found in the store or the registry by what stands in its path. */
import { datasetId, providerOf } from '../../terms/ids.ts';
import type { Owner } from '../domain/permissions.ts';
import type { Call } from '../gate/call.ts';
import type { StaffCaller } from '../identity/authentication/caller.ts';
import { policyDocumentVersions } from '../store/policy/policyDocuments.ts';
import { proposalById } from '../store/registry/proposals.ts';
import { schemaByUrn } from '../store/registry/schemas.ts';
import { mandateById } from '../store/identity/mandates.ts';
import { keyHands } from '../store/identity/keyHands.ts';
import { batchById } from '../store/intake/batchById.ts';
import { requestById } from '../store/requests/requests.ts';
import { riskById } from '../store/risks/risks.ts';
import type { Services } from './services.ts';

/** Of several owners one is enough (the parties of an agreement), or each is asked for (the places of roles). */
export interface Owners {
  readonly asked: 'any' | 'each';
  readonly of: readonly Owner[];
}
export type OwnersOf = (call: Call<StaffCaller>, services: Services) => Promise<Owners> | Owners;

export const any = (...of: readonly (Owner | null)[]): Owners => ({
  asked: 'any',
  of: of.map((owner) => owner ?? undefined),
});
export const each = (of: readonly (Owner | null)[]): Owners => ({ ...any(...of), asked: 'each' });
export const office = any(undefined);

/** Her own affair, wherever she has a role. */
export const her = (call: Call<StaffCaller>): Owners =>
  any(...call.caller.grants.map(({ department }) => department));

export const standing: OwnersOf = async (call, { database }) => {
  const rows = await policyDocumentVersions(database.app, call.params['document'] ?? '');
  return rows.at(-1)?.kind === 'Agreement'
    ? any(...rows.flatMap(({ provider, consumer }) => [provider, consumer]))
    : office;
};

/** The department that an agreement gives to; nobody's where there is none. */
export const asking: OwnersOf = async (call, { database }) =>
  any((await policyDocumentVersions(database.app, call.params['document'] ?? ''))[0]?.consumer);

export const keyOwner: OwnersOf = async (call, { database }) =>
  any((await keyHands(database.app, call.params['key'] ?? ''))?.department);

/** A proposal is also its author's, to look at and to take back. */
export const writerOrOwner: OwnersOf = async (call, { database }) => {
  const row = await proposalById(database.app, call.params['proposal'] ?? '');
  return row?.author === call.caller.person ? her(call) : any(row?.owner ?? undefined);
};

export const ofBatch: OwnersOf = async (call, { database }) =>
  any((await batchById(database.app, call.params['batch'] ?? ''))?.department);
export const ofDataset: OwnersOf = (call) => any(providerOf(datasetId(call.params['dataset'] ?? '')));

export const ofSchema: OwnersOf = async (call, { database }) =>
  any((await schemaByUrn(database.app, call.params['schema'] ?? ''))?.owner);

export const ofRisk: OwnersOf = async (call, { database }) =>
  any(...((await riskById(database.app, call.params['risk'] ?? ''))?.departments ?? []));

export const ofMandate: OwnersOf = async (call, { database }) =>
  any((await mandateById(database.app, call.params['mandate'] ?? ''))?.department);

/** The departments of a request; nobody's where there is none. */
export const ofRequest: OwnersOf = async (call, { database }) => {
  const request = await requestById(database.app, call.params['request'] ?? '');
  return request === undefined ? office : any(request.consumer, request.provider);
};
