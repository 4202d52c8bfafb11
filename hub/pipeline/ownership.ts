/** Finds the owner of the object that a staff call is about, by the path parameters. */
import { datasetId, providerOf } from '../../terms/ids.ts';
import type { Owner } from '../domain/permissions.ts';
import type { Call } from './call.ts';
import type { OperationId } from './contract.ts';
import type { StaffCaller, Caller } from '../identity/authentication/caller.ts';
import { policyDocumentVersions } from '../registry/store/policy/policyDocuments.ts';
import { proposalById } from '../registry/store/proposals.ts';
import { schemaByUrn } from '../registry/store/schemas.ts';
import { mandateById } from '../identity/store/mandates.ts';
import { keyApprovalsOf } from '../identity/store/keyApprovals.ts';
import { unalteredBatch } from '../flows/intake/store/batches.ts';
import { requestById } from '../features/requests/store/requests.ts';
import { riskById } from '../features/risks/store/risks.ts';
import type { Database } from '../platform/database/database.ts';
import type { GateServices, Passage } from './passage.ts';

/** One of several owners is enough (the parties of an agreement), or each is required (the places of roles). */
export interface Owners {
  readonly asked: 'any' | 'each';
  readonly of: readonly Owner[];
}
/** Finds the owners for one operation, from its parameters or its body. */
export type OwnersOf<Id extends OperationId, S> = (
  call: Call<StaffCaller, Id>,
  services: S,
) => Promise<Owners> | Owners;

/** A call whose path names an object. */
interface Naming<Name extends string> {
  readonly params: { readonly [Key in Name]: string };
}
interface CallBy {
  readonly caller: Pick<StaffCaller, 'grants' | 'person'>;
}
interface Stored {
  readonly database: Pick<Database, 'app'>;
}

export const anyOf = (...of: readonly (Owner | null)[]): Owners => ({
  asked: 'any',
  of: of.map((owner) => owner ?? undefined),
});
export const eachOf = (of: readonly (Owner | null)[]): Owners => ({ ...anyOf(...of), asked: 'each' });
/**
 * The department of an object, for callers who may know that it exists: people of that department and of the data office. To all others it
 * is answered as one that does not exist.
 */
export const hiddenFromOthers = ({ caller }: CallBy, department: string | undefined): Owners => {
  const mayKnow = caller.grants.some((grant) => (grant.department ?? department) === department);
  return anyOf(mayKnow ? department : undefined);
};
/** The data office. */
export const ofOffice = (): Owners => office;
export const office = anyOf(undefined);

/** The caller's own data, in any department where they have a role. */
export const self = (call: CallBy): Owners =>
  anyOf(...call.caller.grants.map(({ department }) => department));

export const ofAgreementParties = async (call: Naming<'document'>, { database }: Stored): Promise<Owners> => {
  const rows = await policyDocumentVersions(database.app, call.params.document);
  return rows.at(-1)?.kind === 'Agreement'
    ? anyOf(...rows.flatMap(({ provider, consumer }) => [provider, consumer]))
    : office;
};

/** The consumer department of an agreement; no department where there is none. */
export const ofAgreementConsumer = async (call: Naming<'document'>, { database }: Stored): Promise<Owners> =>
  anyOf((await policyDocumentVersions(database.app, call.params.document))[0]?.consumer);

export const ofKey = async (call: Naming<'key'>, { database }: Stored): Promise<Owners> =>
  anyOf((await keyApprovalsOf(database.app, call.params.key))?.department);

/** A proposal is also its author's: they may view and withdraw it. */
export const ofProposalOrAuthor = async (
  call: Naming<'proposal'> & CallBy,
  { database }: Stored,
): Promise<Owners> => {
  const row = await proposalById(database.app, call.params.proposal);
  return row?.author === call.caller.person ? self(call) : anyOf(row?.owner ?? undefined);
};

export const ofBatch = async (call: Naming<'batch'>, { database }: Stored): Promise<Owners> =>
  anyOf((await unalteredBatch(database.app, call.params.batch))?.department);
export const ofDataset = (call: Naming<'dataset'>): Owners =>
  anyOf(providerOf(datasetId(call.params.dataset)));

export const ofSchema = async (call: Naming<'schema'>, { database }: Stored): Promise<Owners> =>
  anyOf((await schemaByUrn(database.app, call.params.schema))?.owner);

export const ofRisk = async (call: Naming<'risk'>, { database }: Stored): Promise<Owners> =>
  anyOf(...((await riskById(database.app, call.params.risk))?.departments ?? []));

export const ofMandate = async (call: Naming<'mandate'>, { database }: Stored): Promise<Owners> =>
  anyOf((await mandateById(database.app, call.params.mandate))?.department);

/** The departments of a request; none where there is none. */
export const ofRequest = async (call: Naming<'request'>, { database }: Stored): Promise<Owners> => {
  const request = await requestById(database.app, call.params.request);
  return request === undefined ? office : anyOf(request.consumer, request.provider);
};

/**
 * Acts that lost a claim are decided again one at a time, so that concurrent acts all succeed. The pipeline releases the mutex at the end.
 */
export async function lockActs<C extends Caller>({ acts }: GateServices, passage: Passage<C>): Promise<void> {
  if (passage.operation.kind === 'management') passage.releaseActs ??= await acts.acquire(false);
}
