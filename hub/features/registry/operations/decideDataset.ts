import { isSamePerson } from '../../../domain/standIn.ts';
import { Problem } from '../../../../terms/problem.ts';
import { datasetLife } from '../../../domain/dataset.ts';
import { isOfOffice } from '../../../domain/permissions.ts';
import { transition } from '../../../domain/lifeCycle.ts';
import { allowed } from '../../../pipeline/call.ts';
import type { BodyOf } from '../../../pipeline/contract.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { deputisedFor } from '../../../log/store/firstApproval.ts';
import {
  datasetById,
  endDataset,
  moveDataset,
  proposeEnd,
  type DatasetRow,
} from '../../../registry/store/datasets.ts';
import { takeBackEnding } from '../../../registry/store/endings.ts';
import type { Services } from '../../common/services.ts';
import { firstApprovalOf, firstApprovalStands, lastDayToRetire, retirementShown } from './retirementShown.ts';
import { decided } from '../../../domain/cells.ts';
import { ofDataset } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * POST /v1/datasets/{dataset}/decision: suspends, resumes or retires a dataset. One person of the owner or the data office suspends or
 * resumes it at once. The data office may take over a suspension of the department, which then cannot resume it. Retiring it needs a
 * second person, because its rows are destroyed. The second approval covers what that person was shown. Persons who may give the first
 * approval may also take it back (`keep`). After a suspension or retirement, calls and submissions are refused from the next one on
 * (`dataset_unavailable`).
 * @throws Problem dataset_unknown, transition_not_allowed, owner_decides (the data office's stop is lifted by the data office),
 *   retirement_read_anew, made_by_unread
 */
export const decideDataset = operation('decideDataset', {
  kind: 'management',
  permission: decided,
  owner: ofDataset,
  run: async (call, services) => {
    const { database } = services;
    const { act, reason, digest } = call.body;
    const { person, grants } = call.caller;
    const id = call.params.dataset;
    const row = await datasetById(database.app, id);
    if (row === undefined) throw new Problem('dataset_unknown', { dataset: id });
    const to = transition(datasetLife, `Dataset ${id}`, row.state, act);
    const ofOffice = isOfOffice(grants, ['steward', 'security']);
    refuseOthersStop(row, act, ofOffice);
    const shown = await retirementShown(services, row);
    const requested = proposerOf(row, call.now);
    const first =
      act === 'retire' &&
      (requested === undefined || (await hasFirstApproved(call.caller, requested, row, services)));
    const isAsRead = digest === undefined ? first : digest === shown.digest;
    if (act === 'retire' && !isAsRead)
      throw new Problem('retirement_read_anew', { dataset: id }, { at: '/body/digest' });
    if (act === 'keep' && requested === undefined)
      throw new Problem('transition_not_allowed', { what: `Dataset ${id}`, state: row.state, act });
    const due = lastDayToRetire(call.now);
    const body = {
      dataset: id,
      state: first ? row.state : to,
      ...(first ? { proposedBy: person, due } : {}),
      ...(act === 'retire' ? shown : { agreements: shown.agreements }),
    };
    const move = { id, reason, byOffice: ofOffice, person };
    return allowed<'decideDataset'>(first ? 202 : 200, body, {
      facts: {
        dataset: id,
        provider: row.department,
        change: { kind: 'Dataset', id, act, state: body.state, reason, ...(first ? { proposed: true } : {}) },
      },
      // a first approval, or taking it back, changes nothing for readers
      bumpsEpoch: !first && act !== 'keep',
      work: async (transaction) => {
        const done = first
          ? await proposeEnd(transaction, move, { shown: firstApprovalOf(row), until: due }, call.exchange)
          : act === 'retire'
            ? await endDataset(transaction, move, row, call.exchange)
            : act === 'keep'
              ? await takeBackEnding(transaction, row)
              : await moveDataset(transaction, act, move, call.exchange);
        if (!done)
          throw new Problem('transition_not_allowed', { what: `Dataset ${id}`, state: 'moved', act });
      },
    });
  },
});

/**
 * A stop of the data office is lifted by the data office, which may also take over that of the department.
 * @throws Problem owner_decides, transition_not_allowed
 */
function refuseOthersStop(
  { id, state, suspendedByOffice }: DatasetRow,
  act: BodyOf<'decideDataset'>['act'],
  ofOffice: boolean,
): void {
  if (act === 'resume' && suspendedByOffice && !ofOffice)
    throw new Problem('owner_decides', { owner: 'office' });
  if (act === 'suspend' && state === 'suspended' && (suspendedByOffice || !ofOffice))
    throw new Problem('transition_not_allowed', { what: `Dataset ${id}`, state, act });
}

/** The person who gave the first approval. One of another version, or one that has expired, must be given again. */
const proposerOf = (row: DatasetRow, now: number): string | undefined =>
  row.endingBy !== null && firstApprovalStands(row, now) ? row.endingBy : undefined;

/**
 * Whether the caller gave the first approval, or their deputy did on their behalf. Suspending and taking back skip this check: they do not
 * wait for the log.
 * @throws Problem made_by_unread
 */
async function hasFirstApproved(
  caller: StaffCaller,
  requested: string,
  ending: DatasetRow,
  { database }: Services,
): Promise<boolean> {
  if (isSamePerson(caller, requested)) return true;
  return (await deputisedFor(database.app, { ending })).some((one) => isSamePerson(caller, one));
}
