/** Proposals that the owner, or a second person of the owner, must accept first: stored as requested, and executed on acceptance. */
import type { StaffOperationId } from '../../../pipeline/contract.ts';
import type { Owner, Verdict } from '../../../domain/permissions.ts';
import { Problem } from '../../../../terms/problem.ts';
import { awaitDestructions, insertWaitingHold } from '../../../log/store/legalHolds.ts';
import { isDuplicate } from '../../../platform/database/failure.ts';
import {
  insertProposal,
  waitingOf,
  waitingProposal,
  waitingToDo,
} from '../../../registry/store/proposals.ts';
import { allowedJson, type AllowedOutcome, type Call, type Outcome } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { digestOf, type Registered, type Requested } from '../../registry/operations/registration.ts';
import type { Services } from '../../common/services.ts';
import { storedEntries } from '../../catalogue/operations/storedImport.ts';
import { datasetOf, targetOf, type StoredHold } from '../../log/operations/legalHolds.ts';
import type { ProposableOperation } from './proposable.ts';
import { defined } from '../../../../terms/defined.ts';

/** per person, so that one author cannot fill an inbox */
const maxWaiting = 200;
/** an import holds up to 1,000 entries */
const maxImports = 5;

/**
 * Runs an operation that may be proposed. It is checked as if it were executed. It is executed at once if the author may do so and no
 * second person is required; otherwise it waits. The same request returns the same waiting proposal.
 * @param verdict of the permission table, for the author
 * @param owner of the registered object
 * @throws Problem proposals_full, and the problems of the operation
 */
export async function doneOrProposed(
  operation: ProposableOperation,
  call: Call<StaffCaller>,
  services: Services,
  { verdict, owner }: { readonly verdict: Verdict; readonly owner: Owner },
): Promise<Outcome> {
  const actingPersons = { author: call.caller.person, approver: null };
  const outcome = await operation.register(call, services, actingPersons);
  if (outcome.asks !== undefined) return proposal(operation.id, call, services, outcome.asks, owner);
  const reported = JSON.parse(Buffer.from(outcome.body).toString('utf8')) as Registered;
  if (!reported.changed || (verdict === 'act' && !needsSecondPerson(operation, reported))) return outcome;
  const body = await storedBody(operation, call, owner, services);
  return proposal(operation.id, call, services, { registered: reported, needsOfficer: false, body }, owner);
}

/** A newer version of a mapping changes the result for the same files. */
const needsSecondPerson = ({ id, secondPerson }: ProposableOperation, { version }: Registered): boolean =>
  secondPerson === true || (id === 'registerMapping' && version !== '1');

/** The stored part of the body. The owner of a new name is derived from its author, but another person accepts it. */
function storedBody(
  { id, bodyToStore }: ProposableOperation,
  call: Call<StaffCaller>,
  owner: Owner,
  services: Services,
): unknown {
  if (bodyToStore !== undefined) return bodyToStore(call, services);
  return owner !== undefined && (id === 'registerCodeList' || id === 'registerSchema')
    ? { ...(call.body as object), owner }
    : call.body;
}

async function proposal(
  operation: StaffOperationId,
  call: Call<StaffCaller>,
  { database }: Services,
  { registered: reported, needsOfficer, body }: Omit<Requested, 'body'> & { readonly body: unknown },
  owner: Owner,
): Promise<AllowedOutcome> {
  const digest = digestOf({ operation, params: call.params, body });
  const known = await waitingProposal(database.app, digest);
  // its location is determined on acceptance
  const { state: _state, ...requested } = reported;
  const { kind, id, version } = requested;
  const name = version === undefined ? id : `${id}@${version}`;
  const logged = (proposed: string, changed: boolean) => ({
    ...requested,
    changed,
    proposal: proposed,
    ...defined({ owner }),
  });
  // the digest that acceptance requires: of the proposal, not of the later registration
  const answer = (proposed: string, changed: boolean) => ({ ...logged(proposed, changed), digest });
  if (known !== undefined) {
    return allowedJson(202, answer(known.id, false), { facts: { change: logged(known.id, false) } });
  }
  const author = call.caller.person;
  if ((await waitingOf(database.app, author)) >= maxWaiting)
    throw new Problem('proposals_full', { most: maxWaiting });
  if (operation === 'importCatalogue' && (await waitingToDo(database.app, author, operation)) >= maxImports)
    throw new Problem('proposals_full', { most: maxImports });
  return allowedJson(202, answer(call.exchange, true), {
    // acceptance compares the row with this entry, including its author, because the row alone is no proof
    facts: { change: { ...logged(call.exchange, true), proposalDigest: digest, officer: needsOfficer } },
    work: async (transaction) => {
      // the hold is effective from now on
      if (operation === 'placeHold') await awaitDestructions(transaction, datasetOf(body as StoredHold));
      try {
        await insertProposal(transaction, {
          id: call.exchange,
          operation,
          kind,
          name,
          owner: owner ?? null,
          digest,
          author,
          needsOfficer,
          body: JSON.stringify(body),
          params: call.params,
          entries: storedEntries(operation, body),
        });
        if (operation === 'placeHold')
          await insertWaitingHold(transaction, {
            proposal: call.exchange,
            ...targetOf(body as StoredHold),
          });
      } catch (error) {
        throw isDuplicate(error)
          ? new Problem('already_registered', { what: `${kind} ${name}` }, { cause: error })
          : error;
      }
    },
  });
}
