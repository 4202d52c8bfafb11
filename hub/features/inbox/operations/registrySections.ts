import { timeOfUuid7 } from '../../../../machine/uuid7.ts';
import type { InboxViewer } from './viewer.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { listSchemasInReview } from '../../../registry/store/schemas.ts';
import { placeFor } from '../../registry/operations/schemaActingPersons.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { OutOfTime } from '../../../../schemas/subset/judge.ts';
import { Problem } from '../../../../terms/problem.ts';
import { batchById } from '../../../flows/intake/store/batches.ts';
import type { RegistrySnapshot } from '../../../registry/snapshot.ts';
import { listOpenChangeovers, type ChangeoverRow } from '../../../registry/store/changeovers.ts';
import { datasetById, type DatasetRow } from '../../../registry/store/datasets.ts';
import { changeoverView, stageOf } from '../../registry/operations/changeover/changeoverView.ts';
import type { Undated } from './undated.ts';
import { verdictOf } from '../../../domain/permissions.ts';
import { isSamePerson } from '../../../domain/standIn.ts';
import { deputisedFor } from '../../../log/store/firstApproval.ts';
import { endingDatasets } from '../../../registry/store/endings.ts';
import { agreementsOver, requestedRetirement } from '../../registry/operations/retirementShown.ts';
import { ownerOf } from '../../../identity/owners.ts';
import { decideDataset } from '../../registry/operations/decideDataset.ts';
import { listWaitingProposals } from '../../../registry/store/proposals.ts';
import { proposalHead } from '../../proposals/operations/showProposal.ts';
import { accepts } from '../../proposals/operations/waitingProposalOf.ts';
import { acceptProposal } from '../../proposals/operations/acceptProposal.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { defined, present } from '../../../../terms/defined.ts';

/** Schema versions in review that wait for the caller's decision. */
export async function waitingSchemas({ caller }: InboxViewer, { database, identity }: Services) {
  return (await listSchemasInReview(database.app)).flatMap((row) => {
    const { urn, digest, author, owner, step, document } = row;
    const { 'x-title': title } = JSON.parse(document) as { readonly 'x-title'?: Bilingual };
    const as = placeFor(row, caller, identity);
    if (as === undefined) return [];
    const names = namesOfIds(identity, { author });
    const since = moment(timeOfUuid7(step));
    return [
      {
        urn,
        digest,
        author: author ?? '',
        ...names,
        as,
        ...present({ owner }),
        ...defined({ title }),
        since,
      },
    ];
  });
}

type Waiting = Undated<'changeovers'>[];

/**
 * Returns to possible approvers the datasets whose rows are ready under a new major version. Stewards of a reading department get their
 * agreements over it from the start. Each agreement names the old major version and stops with the switch.
 */
export async function waitingChangeovers({ caller }: InboxViewer, services: Services): Promise<Waiting> {
  const { database, registry } = services;
  const own = caller.grants.flatMap(({ role, department }) =>
    role === 'steward' && department !== undefined ? [department] : [],
  );
  const waiting: Waiting = [];
  for (const changeover of await listOpenChangeovers(database.app)) {
    const row = await datasetById(database.app, changeover.dataset);
    if (row === undefined) continue;
    const { id, dataset, from, to, batch } = changeover;
    const filled = batch === null ? undefined : await batchById(database.app, batch);
    const stage = stageOf(services, changeover, row, filled);
    // refilled rows must be read again
    const begun = stage === 'ready' ? filled?.finishedAt : undefined;
    const since = moment(begun ?? timeOfUuid7(id));
    const about = { dataset, department: row.department, from, to, since };
    const as = stage === 'ready' ? await asWhom(services, changeover, row, caller) : undefined;
    if (as !== undefined) waiting.push({ ...about, as, stops: [] });
    const read = registry.current.plans.all.filter(
      ({ ref }) => ref.dataset === dataset && own.includes(ref.consumer),
    );
    const stops = [...new Set(read.map(({ ref }) => ref.agreement))].sort();
    if (stops.length > 0) waiting.push({ ...about, as: 'consumer', stops });
  }
  return waiting;
}

/**
 * Milliseconds before a changeover that could not be evaluated in time is tried again. Inboxes are opened often, and each try takes
 * seconds.
 */
const again = 60_000;

interface Known {
  readonly found: Promise<ChangeoverRow>;
  /** time of the process's own clock; after it the result is computed again */
  until: number;
}

/** cached by registry snapshot: inboxes are opened more often than the registries change */
const known = new WeakMap<RegistrySnapshot, Map<string, Known>>();

/** The departments for which the viewer may approve, given the current effect. */
async function asWhom(
  services: Services,
  changeover: ChangeoverRow,
  row: DatasetRow,
  caller: StaffCaller,
): Promise<ReturnType<typeof placeFor>> {
  const { identity, registry } = services;
  const place = (one: ChangeoverRow): ReturnType<typeof placeFor> =>
    placeFor({ ...one, owner: row.department }, caller, identity);
  if (place({ ...changeover, approver: null, officer: null, needsOfficer: true }) === undefined)
    return undefined;
  await registry.refresh();
  const ofReading = known.get(registry.current) ?? new Map<string, Known>();
  known.set(registry.current, ofReading);
  const { id, batch, over, agreed } = changeover;
  const key = JSON.stringify([
    id,
    batch,
    over,
    agreed,
    row.currentBatch,
    changeover.approver,
    changeover.officer,
  ]);
  const before = ofReading.get(key);
  if (before !== undefined && performance.now() < before.until) return place(await before.found);
  const found = changeoverView(services, changeover, row).then(
    ({ standing }) => standing,
    (error: unknown) => {
      if (!(error instanceof Problem)) {
        ofReading.delete(key);
        throw error;
      }
      if (error.cause instanceof OutOfTime) stored.until = performance.now() + again;
      // no approval is possible at present; opening the item shows why
      return changeover;
    },
  );
  const stored: Known = { found, until: Infinity };
  ofReading.set(key, stored);
  return place(await found);
}

type WaitingRetirementsWaiting = Undated<'retirements', 'due'>[];

/**
 * Datasets that one person wants to retire. Possible second approvers get them with what would be deleted. Stewards of a reading
 * department get their agreements over it before anything is deleted.
 */
export async function waitingRetirements(
  { caller, now }: InboxViewer,
  services: Services,
): Promise<WaitingRetirementsWaiting> {
  const { database, identity } = services;
  const own = caller.grants.flatMap(({ role, department }) =>
    role === 'steward' && department !== undefined ? [department] : [],
  );
  const waiting: WaitingRetirementsWaiting = [];
  for (const row of await endingDatasets(database.app)) {
    const requested = await requestedRetirement(services, row, now);
    if (requested === undefined) continue;
    const { id: dataset, department } = row;
    const { due, reason } = requested;
    const actingPersons = [requested.by, ...(await onWhoseBehalf(database, row))];
    const may = verdictOf(decideDataset.permission, caller.grants, [ownerOf(identity, department)]) === 'act';
    if (may && !actingPersons.some((one) => isSamePerson(caller, one)))
      waiting.push({ dataset, department, as: 'approver', ...requested });
    const agreements = agreementsOver(services, dataset, (consumer) => own.includes(consumer));
    if (agreements.length > 0) waiting.push({ dataset, department, as: 'consumer', due, reason, agreements });
  }
  return waiting;
}

/**
 * The persons on whose behalf the first approval was given. If the log does not record it, the item is still shown: an approval is
 * then refused with the reason.
 */
async function onWhoseBehalf({ app }: Services['database'], ending: DatasetRow): Promise<readonly string[]> {
  try {
    return await deputisedFor(app, { ending });
  } catch (error) {
    if (error instanceof Problem && error.code === 'made_by_unread') return [];
    throw error;
  }
}

/** Proposals by others to an owner for whom the caller decides. */
export async function waitingProposals({ caller }: InboxViewer, { database, identity }: Services) {
  const { grants } = caller;
  const rows = (await listWaitingProposals(database.app)).filter(
    (row) =>
      !isSamePerson(caller, row.author) &&
      verdictOf(acceptProposal.permission, grants, [ownerOf(identity, row.owner)]) === 'act' &&
      accepts(grants, row, identity),
  );
  return rows.map((row) => ({ ...proposalHead(row, identity), since: moment(row.proposedAt) }));
}
