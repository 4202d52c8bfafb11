import type { components } from '../../../api/openapi.ts';
import { civilDateInChina, civilDateText } from '../../../terms/civilDate.ts';
import { aWeekOn } from '../../domain/duty.ts';
import { expirySteps } from '../../domain/expiry.ts';
import { verdictOf, type Owner } from '../../domain/permissions.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import { listDuties } from '../../store/duties/listDuties.ts';
import { listWaitingProposals } from '../../store/registry/proposals.ts';
import { decidesFor } from '../proposals/waitingProposalOf.ts';
import { proposalHead } from '../proposals/showProposal.ts';
import { expiringAgreements } from '../../store/policy/expiringAgreements.ts';
import { listWaitingPolicyDocuments } from '../../store/policy/policyDocuments.ts';
import { batchAnswer } from '../../exchange/intake/answer.ts';
import { batchesWaiting } from '../../store/intake/batchesWaiting.ts';
import { listRequests } from '../../store/requests/requests.ts';
import { dutyView } from '../duties/dutyView.ts';
import { placesOf } from '../requests/placesOf.ts';
import { requestSummary, turnOf } from '../requests/requestView.ts';
import { standingNow } from '../requests/standingNow.ts';
import { risksSeenBy } from '../risks/listRisks.ts';
import { riskView } from '../risks/riskView.ts';
import type { Services } from '../services.ts';
import { openCodes } from '../signingKeys/openCodes.ts';
import { waitingKeys } from '../signingKeys/waitingKeys.ts';

/**
 * What waits for another person, as far as the caller may decide it: documents, proposals, persons with their roles, requests at a stage
 * of hers, batches, keys; codes by which keys could come; and what departments owe.
 */
export async function listWaiting(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const { database, identity } = services;
  const { grants, person: caller } = call.caller;
  const place = (code: string | null): Owner =>
    code === null || identity.department(code)?.dataOffice === true ? undefined : code;
  const documents = (await listWaitingPolicyDocuments(database.app)).filter(
    ({ author, provider }) =>
      author !== caller && verdictOf('approvePolicyDocument', grants, [place(provider)]) === 'act',
  );
  const persons = identity.persons().filter(({ id, state, waiting, invitedBy }) => {
    const others = [id, invitedBy, ...waiting.map(({ grantedBy }) => grantedBy)];
    const may = waiting.every(
      ({ department }) => verdictOf('confirmPerson', grants, [place(department)]) === 'act',
    );
    return state !== 'ended' && waiting.length > 0 && may && !others.includes(caller);
  });
  const places = grants.map(({ department }) => place(department ?? null));
  const own = places.includes(undefined) ? undefined : places.filter((one) => one !== undefined);
  const duties = (await openDuties(call, database, own)).filter(
    ({ consumer, state }) => own === undefined || own.includes(consumer) || state === 'overdue',
  );
  const proposals = (await listWaitingProposals(database.app)).filter(
    (row) =>
      row.author !== caller &&
      verdictOf('acceptProposal', grants, [place(row.owner)]) === 'act' &&
      decidesFor(grants, row, identity),
  );
  const batches = await waitingBatches(call, database, place);
  const requests = await waitingRequests(call, services);
  const keys = await waitingKeys(call.caller, services);
  const codes = await openCodes(call.caller, services, call.now);
  const expiring = (await endingSoon(call, database)).filter(
    ({ consumer, provider }) => own === undefined || own.includes(consumer) || own.includes(provider),
  );
  const risks = await risksSeenBy(call.caller, services, 'acknowledgeRisk', true);
  const body = {
    risks: risks.filter(({ escalatedBy }) => escalatedBy !== caller).map((row) => riskView(row, call.now)),
    expiring,
    batches,
    requests,
    duties,
    keys,
    codes,
    documents: documents.map(({ id, version, kind, digest, provider, consumer, author }) => ({
      ...{ id, version, kind, digest, author },
      ...(provider === null ? {} : { provider }),
      ...(consumer === null ? {} : { consumer }),
    })),
    proposals: proposals.map(proposalHead),
    persons: persons.map(({ id, name, waiting }) => ({
      person: id,
      name,
      roles: waiting.map(({ role, department }) => ({
        role,
        ...(department === null ? {} : { department }),
      })),
    })),
  };
  return allowed(200, body, {
    facts: {
      change: {
        documents: documents.length,
        proposals: proposals.length,
        persons: persons.length,
        duties: duties.length,
        batches: batches.length,
        requests: requests.length,
        keys: keys.length,
        risks: risks.length,
        codes: codes.length,
      },
    },
  });
}

const most = 1_000;

async function endingSoon(
  { now }: Call<StaffCaller>,
  { app }: Services['database'],
): Promise<components['schemas']['Waiting']['expiring']> {
  const rows = await expiringAgreements(app, now, now + expirySteps[0] * 86_400_000);
  return rows.map(({ id, version, consumer, provider, until }) => ({
    agreement: `${id}@${version}`,
    ...{ consumer, provider, until: new Date(until).toISOString() },
  }));
}

/** Those whose stage is hers; near the deadline also the data office's steward is told, who has to agree to extensions. */
async function waitingRequests(
  { caller, now }: Call<StaffCaller>,
  services: Services,
): Promise<readonly components['schemas']['RequestSummary'][]> {
  const open = await listRequests(services.database.app, { open: true }, most);
  return open.flatMap((request) => {
    const summary = requestSummary(request, now);
    const turn = turnOf(standingNow(request, now));
    const hers = placesOf(request, caller.grants, services);
    const stewardOfOffice = hers.some(({ by, role }) => by === 'office' && role === 'steward');
    const told = stewardOfOffice && (summary.escalated === true || summary.extension === 'asked');
    return told || hers.some(({ by, role }) => by === turn?.by && role === turn.role) ? [summary] : [];
  });
}

async function openDuties(
  { now }: Call<StaffCaller>,
  { app }: Services['database'],
  departments: readonly string[] | undefined,
): Promise<readonly components['schemas']['Duty'][]> {
  const openUntil = aWeekOn(civilDateText(civilDateInChina(now)));
  const filter = { openUntil, ...(departments === undefined ? {} : { departments }) };
  return (await listDuties(app, filter, most)).map((row) => dutyView(row, now));
}

/** Held batches, and proposals of others about batches, that the caller may decide. */
async function waitingBatches(
  { caller }: Call<StaffCaller>,
  { app }: Services['database'],
  place: (code: string) => Owner,
): Promise<readonly object[]> {
  const mine = (department: string): boolean =>
    verdictOf('releaseBatch', caller.grants, [place(department)]) === 'act';
  const waiting = (await batchesWaiting(app)).filter(
    ({ batch, proposal }) => mine(batch.department) && proposal?.proposedBy !== caller.person,
  );
  return waiting.map(({ batch, proposal }) => ({
    ...batchAnswer({ ...batch, receipt: null }),
    ...(proposal === undefined ? {} : { proposedBy: proposal.proposedBy }),
  }));
}
