import { timeOfUuid7 } from '../../../../machine/uuid7.ts';
import { isSamePerson } from '../../../domain/standIn.ts';
import { isOfOffice, verdictOf } from '../../../domain/permissions.ts';
import type { InboxViewer } from './viewer.ts';
import { readable } from '../../../registry/verifyStanding.ts';
import {
  isMandated,
  listWaitingPolicyDocuments,
  type PolicyDocumentRow,
} from '../../../registry/store/policy/policyDocuments.ts';
import { ownMandates, signableUnder } from '../../mandates/operations/signableBy.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import { ownerOf, departmentsOfRoles } from '../../../identity/owners.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { approvePolicyDocument } from '../../agreements/operations/approvePolicyDocument.ts';
import type { components } from '../../../../api/openapi.ts';
import { requestsOfTurn } from '../../requests/operations/requestsOfTurn.ts';
import { pageDemands } from '../../demands/store/demands.ts';
import { demandView } from '../../demands/operations/demands.ts';
import { departmentsOf } from '../../tickets/operations/ticketParties.ts';
import { expirySteps } from '../../../domain/expiry.ts';
import { expiringAgreements } from '../../../registry/store/policy/agreements.ts';
import type { Undated } from './undated.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { documentName } from '../../../../policies/documents/storedDocument.ts';
import { providerStopEnds, stopSides, type StopSide } from '../../../domain/stops.ts';
import { stoppedAgreements, stopReasons } from '../../../registry/store/policy/stops.ts';
import { reportedStops } from '../../agreements/operations/suspendAgreement.ts';
import { present } from '../../../../terms/defined.ts';

/** Policy documents of others that wait for approval, or for a signature that the caller may make by passkey under a mandate. */
export async function waitingDocuments({ caller, now }: InboxViewer, services: Services) {
  const { database, identity } = services;
  const mandates = await ownMandates(caller, services);
  const rows = await listWaitingPolicyDocuments(database.app);
  return rows.flatMap((row) => {
    const { id, version, kind, digest, provider, consumer, author, submittedBy } = row;
    if (isSamePerson(caller, author)) return [];
    const approves =
      verdictOf(approvePolicyDocument.permission, caller.grants, [ownerOf(identity, provider)]) === 'act';
    const signable = mandates.length === 0 ? [] : unsignedSides(row);
    if (!approves && signable.length === 0) return [];
    return [
      {
        id,
        version,
        kind,
        digest,
        author,
        ...namesOfIds(identity, { author }),
        since: moment(timeOfUuid7(submittedBy)),
        ...present({ provider, consumer }),
        ...(signable.length === 0 ? {} : { signable }),
        ...(approves ? {} : { signOnly: true }),
      },
    ];
  });

  /** Unsigned sides that the caller may sign; never both sides. */
  function unsignedSides(row: PolicyDocumentRow) {
    const document = readable(row.text);
    if (document === undefined) return [];
    const { signatures } = row;
    if (signatures.some((one) => isMandated(one) && isSamePerson(caller, one.person))) return [];
    return signableUnder(mandates, caller, { row, document }, now, services)
      .found.filter(({ party }) => !signatures.some(({ role }) => role === party.role))
      .map(({ party: { role, department }, row: { id } }) => ({ role, department, mandate: id }));
  }
}

/** Requests whose current stage the caller may decide. */
export function waitingRequests(
  { caller, now }: InboxViewer,
  services: Services,
): Promise<readonly components['schemas']['RequestSummary'][]> {
  return requestsOfTurn(caller, services, now);
}

const maxItems = 1_000;

/**
 * Returns to stewards the demands assigned to their departments. Stewards of the data office get those before the office, and overdue
 * ones. The earliest due day comes first.
 */
export async function waitingDemands(
  { caller, now }: InboxViewer,
  { database, identity }: Services,
): Promise<readonly components['schemas']['DemandView'][]> {
  const own = departmentsOf(caller);
  const office = isOfOffice(caller.grants, ['steward']);
  if (own.length === 0 && !office) return [];
  const filter = { open: true, ...(office ? {} : { departments: own }) };
  const { rows } = await pageDemands(database.app, filter, { after: undefined, maxRows: maxItems });
  return rows
    .map((demand) => demandView(demand, now, identity))
    .filter(({ state, provider, overdue }) =>
      state === 'office' ? office : own.includes(provider ?? '') || (office && overdue === true),
    )
    .sort((one, other) => ((one.due ?? '') < (other.due ?? '') ? -1 : 1));
}

/** Agreements that end soon, with the caller's departments on either side. */
export async function endingSoon(
  { caller, now }: InboxViewer,
  { database, identity }: Services,
): Promise<readonly Undated<'expiring'>[]> {
  const own = departmentsOfRoles(identity, caller.grants);
  const rows = await expiringAgreements(database.app, now, now + expirySteps[0] * 86_400_000);
  return rows
    .filter(({ consumer, provider }) => own === undefined || own.includes(consumer) || own.includes(provider))
    .map(({ id, version, consumer, provider, until }) => ({
      agreement: `${id}@${version}`,
      consumer,
      provider,
      until: new Date(until).toISOString(),
    }));
}

/**
 * Agreements that are stopped, or whose dataset is suspended, with the caller's departments on either side; all of them for the data
 * office.
 */
export async function stoppedHere(
  { caller }: InboxViewer,
  { database, identity, registry }: Services,
): Promise<readonly Undated<'stops', 'provisional'>[]> {
  const own = departmentsOfRoles(identity, caller.grants);
  const rows = await stoppedAgreements(database.app);
  await registry.refresh();
  const { datasets, plans } = registry.current;
  const suspended = new Map(
    plans.all.flatMap(({ ref, agreement }) => {
      const row = datasets.get(ref.dataset)?.row;
      if (row?.state !== 'suspended') return [];
      const { consumer, dataset } = ref;
      if (own !== undefined && !own.includes(consumer) && !own.includes(row.department)) return [];
      const since = row.stoppedBy === null ? {} : { since: moment(timeOfUuid7(row.stoppedBy)) };
      const side: StopSide = row.suspendedByOffice ? 'office' : 'provider';
      const reasons = [{ side, ...since, ...present({ reason: row.reason }) }];
      const reported = {
        agreement: documentName(agreement),
        consumer,
        provider: row.department,
        sides: [side],
        reasons,
      };
      return [[`${reported.agreement} ${consumer} ${dataset}`, { ...reported, dataset, ...since }] as const];
    }),
  );
  const reasonsById = await stopReasons(
    database.app,
    rows.map(({ stops }) => stops),
  );
  const stopped = rows.flatMap(({ id, version, consumer, provider, stops, first }) => {
    if (consumer === null || provider === null) return [];
    if (own !== undefined && !own.includes(consumer) && !own.includes(provider)) return [];
    const entries = Object.values(stops);
    const alone = stops.provider !== undefined && stops.office === undefined && first !== null;
    const ends = alone ? providerStopEnds(first, chinaWorkingCalendar) : undefined;
    return [
      {
        agreement: `${id}@${version}`,
        consumer,
        provider,
        sides: stopSides.filter((side) => stops[side] !== undefined),
        reasons: reportedStops(stops, reasonsById),
        ...(entries.length === 0 ? {} : { since: moment(Math.min(...entries.map(timeOfUuid7))) }),
        ...(ends === undefined ? {} : { until: ends.day, provisional: ends.provisional }),
      },
    ];
  });
  return [...stopped, ...suspended.values()];
}
