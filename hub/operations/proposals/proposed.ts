/** What its owner, or a second person of its owner, has to accept first: kept as it was asked for, and done when it is accepted. */
import type { components } from '../../../api/openapi.ts';
import { fourEyed } from '../../domain/fourEyed.ts';
import type { Owner, StaffOperation, Verdict } from '../../domain/permissions.ts';
import { Problem } from '../../../terms/problem.ts';
import { awaitDestructions } from '../../store/audit/legalHolds.ts';
import { isDuplicate } from '../../store/database/failure.ts';
import { insertProposal, waitingOf, waitingProposal, waitingToDo } from '../../store/registry/proposals.ts';
import { allowed, type AllowedOutcome, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Asked, Registrar } from '../registry/registrar.ts';
import { digestOf, type Registered } from '../registry/registration.ts';
import type { Services } from '../services.ts';
import { keptEntries, keptImport } from '../catalogue/keptImport.ts';
import { keptPaper } from '../consents/keptPaper.ts';
import { keptErasure } from '../log/eraseSubject.ts';
import { datasetOf, keptHold, type KeptHold } from '../log/placeHold.ts';
import { keptReplacement } from '../identity/replaceAuthority.ts';
import { keptRotation } from '../log/rotateLogKey.ts';
import { keptDelay } from '../subjects/delayView.ts';
import { keptPull } from '../pulls/registerPull.ts';
import { keptApproval } from '../requests/importApproval.ts';
import { isProposable, registrars } from './registrars.ts';

/** of one person: whoever writes on takes nobody's inbox */
const mostWaiting = 200;
/** an import holds up to 1,000 entries */
const mostImports = 5;

/**
 * An operation that may be proposed: checked as if it were done. It is done at once where the writer may, and no second person has to
 * agree; else it waits. The same again, while it waits, is the same proposal.
 * @param verdict of the table, for whoever writes
 * @param owner of what is written
 * @throws Problem proposals_full, and what the operation is refused for
 */
export async function doneOrProposed(
  name: StaffOperation,
  call: Call<StaffCaller>,
  services: Services,
  { verdict, owner }: { readonly verdict: Verdict; readonly owner: Owner },
): Promise<Outcome> {
  if (!isProposable(name)) throw new TypeError(`${name} cannot be proposed`);
  const hands = { author: call.caller.person, approver: null };
  const outcome: Awaited<ReturnType<Registrar>> = await registrars[name](call, services, hands);
  if (outcome.asks !== undefined) return proposal(name, call, services, outcome.asks, owner);
  const told = JSON.parse(Buffer.from(outcome.body).toString('utf8')) as Registered;
  if (!told.changed || (verdict === 'act' && !twoPersons(name, told))) return outcome;
  const body = await keptBody(name, call, owner, services);
  return proposal(name, call, services, { told, needsOfficer: false, body }, owner);
}

/** A newer version of a mapping changes what comes of the same files. */
const twoPersons = (name: StaffOperation, { version }: Registered): boolean =>
  fourEyed.has(name) || (name === 'registerMapping' && version !== '1');

/** What is kept of what was asked for: whose a new name is follows from who wrote it, whoever accepts is somebody else; no person is named. */
async function keptBody(
  operation: StaffOperation,
  { params, body, now }: Pick<Call<StaffCaller>, 'params' | 'body' | 'now'>,
  owner: Owner,
  services: Services,
): Promise<unknown> {
  if (operation === 'importCatalogue')
    return keptImport(services.database.app, body as components['schemas']['CatalogueImport']);
  if (operation === 'delayView') return keptDelay(body as components['schemas']['ViewDelayAsked'], services);
  if (operation === 'registerPull')
    return keptPull(params, body as components['schemas']['PullRegistration'], services);
  if (operation === 'placeHold') return keptHold(body as components['schemas']['LegalHoldAsked'], services);
  if (operation === 'rotateLogKey')
    return keptRotation(body as components['schemas']['LogKeyRotationAsked'], services);
  if (operation === 'replaceAuthority')
    return keptReplacement(body as components['schemas']['AuthorityReplacementAsked'], services);
  if (operation === 'eraseSubject')
    return keptErasure(body as components['schemas']['SubjectErasureAsked'], services);
  if (operation === 'importApproval')
    return keptApproval(body as components['schemas']['ImportedApproval'], services, now);
  if (operation === 'takePaperConsent')
    return keptPaper(body as components['schemas']['PaperConsent'], services);
  return owner !== undefined && (operation === 'registerCodeList' || operation === 'registerSchema')
    ? { ...(body as object), owner }
    : body;
}

async function proposal(
  operation: StaffOperation,
  call: Call<StaffCaller>,
  { database }: Services,
  { told, needsOfficer, body }: Omit<Asked, 'body'> & { readonly body: unknown },
  owner: Owner,
): Promise<AllowedOutcome> {
  const digest = digestOf({ operation, params: call.params, body });
  const known = await waitingProposal(database.app, digest);
  // where it would stand is seen when it is accepted
  const { state: _state, ...asked } = told;
  const { kind, id, version } = asked;
  const name = version === undefined ? id : `${id}@${version}`;
  const answer = (proposed: string, changed: boolean) => ({
    ...asked,
    changed,
    proposal: proposed,
    ...(owner === undefined ? {} : { owner }),
  });
  if (known !== undefined) {
    return allowed(202, answer(known.id, false), { facts: { change: answer(known.id, false) } });
  }
  const author = call.caller.person;
  if ((await waitingOf(database.app, author)) >= mostWaiting)
    throw new Problem('proposals_full', { most: mostWaiting });
  if (operation === 'importCatalogue' && (await waitingToDo(database.app, author, operation)) >= mostImports)
    throw new Problem('proposals_full', { most: mostImports });
  const made = answer(call.exchange, true);
  return allowed(202, made, {
    // whoever accepts is held against what was proposed by whom: the row alone says nothing
    facts: { change: { ...made, proposalDigest: digest, officer: needsOfficer } },
    work: async (transaction) => {
      // it holds from now on
      if (operation === 'placeHold') await awaitDestructions(transaction, datasetOf(body as KeptHold));
      try {
        await insertProposal(transaction, {
          ...{ id: call.exchange, operation, kind, name, owner: owner ?? null, digest, author, needsOfficer },
          body: JSON.stringify(body),
          params: call.params,
          entries: keptEntries(operation, body),
        });
      } catch (error) {
        throw isDuplicate(error)
          ? new Problem('already_registered', { what: `${kind} ${name}` }, { cause: error })
          : error;
      }
    },
  });
}
