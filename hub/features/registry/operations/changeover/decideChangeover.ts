import { dayInChina } from '../../../../../terms/civilDate.ts';
import { Problem } from '../../../../../terms/problem.ts';
import { isSamePerson } from '../../../../domain/standIn.ts';
import { allowed, type Call, type Outcome } from '../../../../pipeline/call.ts';
import type { StaffCaller } from '../../../../identity/authentication/caller.ts';
import { abandonBatch } from '../../../../flows/intake/store/endBatch.ts';
import {
  agreeToChangeover,
  endChangeover,
  type ChangeoverRow,
} from '../../../../registry/store/changeovers.ts';
import type { DatasetRow } from '../../../../registry/store/datasets.ts';
import { refuseDoneOnBehalf } from '../../../common/onBehalfOf.ts';
import type { Services } from '../../../common/services.ts';
import { placeFor } from '../schemaActingPersons.ts';
import { changeoverView, summary } from './changeoverView.ts';
import { underWay } from './showChangeover.ts';
import { switchOver } from './switchOver.ts';
import { decided } from '../../../../domain/cells.ts';
import { ofDataset } from '../../../../pipeline/ownership.ts';
import { operation } from '../../../common/operation.ts';
import { present } from '../../../../../terms/defined.ts';

/**
 * POST /v1/datasets/{dataset}/changeover/decision: records the decision of a further person. The last approval that is needed switches the
 * dataset in the transaction of its entry. Each decision reads the changeover again and computes again what it loosens. The security
 * officer must approve what it loosens at the time of the decision.
 * @throws Problem dataset_unknown, changeover_unknown, changeover_not_ready, changeover_read_anew, sunset_ahead, stops_unacknowledged,
 *   four_eyes, owner_decides, policy_does_not_compile, unknown_reference (the version is on its way out), schema_overtaken, version_exists,
 *   made_by_unread
 */
export const decideChangeover = operation('decideChangeover', {
  kind: 'management',
  // further checks decide who may agree: a second person of the owner department, or the security officer
  permission: decided,
  owner: ofDataset,
  run: async (call, services) => {
    const decision = call.body;
    const { changeover, row } = await underWay(call, services);
    if (decision.act === 'abandon') return abandoned(call, changeover, row, decision.reason);
    const view = await changeoverView(services, changeover, row);
    const { dataset } = changeover;
    if (view.stage !== 'ready') throw new Problem('changeover_not_ready', { dataset, stage: view.stage });
    const { digest = '' } = view.body;
    if (decision.digest !== digest) throw anew(dataset);
    const stops = view.stops.map(({ agreement }) => agreement);
    if ([...decision.stops].sort().join('\n') !== [...stops].sort().join('\n'))
      throw new Problem(
        'stops_unacknowledged',
        { count: stops.length },
        { at: '/body/stops', findings: view.body.stops },
      );
    const agreed = agreedBy(view.standing, row, digest, call, services);
    await refuseDoneOnBehalf(call.caller, { changeover: view.standing }, services);
    const done = agreed.approver !== null && (agreed.officer !== null || !agreed.needsOfficer);
    if (done) {
      refuseAhead(changeover, call.now);
      return switchOver(call, services, { before: changeover, agreed, row, view });
    }
    return allowed<'decideChangeover'>(
      200,
      { ...view.body, ...persons(agreed) },
      {
        facts: {
          dataset,
          provider: row.department,
          change: {
            kind: 'Dataset',
            id: dataset,
            act: 'agree',
            changeover: changeover.id,
            digest,
            ...(view.loosens.length === 0 ? {} : { loosens: view.loosens.length }),
          },
        },
        work: async (transaction) => {
          if (!(await agreeToChangeover(transaction, changeover, agreed))) throw anew(dataset);
        },
      },
    );
  },
});

/** Consumers were promised the current version until its sunset day. @throws Problem sunset_ahead */
function refuseAhead({ from, sunset }: ChangeoverRow, now: number): void {
  if (sunset !== null && dayInChina(now) <= sunset)
    throw new Problem('sunset_ahead', { what: `Schema ${from}`, sunset });
}

const anew = (dataset: string): Problem => new Problem('changeover_read_anew', { dataset });

const persons = ({ approver, officer }: ChangeoverRow): object => present({ approver, officer });

/** Adds one person's approval. @param approvals with the approvals that cover the digest @throws Problem four_eyes, owner_decides */
function agreedBy(
  approvals: ChangeoverRow,
  { department }: DatasetRow,
  digest: string,
  { caller }: Call<StaffCaller>,
  { identity }: Services,
): ChangeoverRow {
  const place = placeFor({ ...approvals, owner: department }, caller, identity);
  if (place !== undefined) return { ...approvals, [place]: caller.person, agreed: digest };
  const { author, approver, officer } = approvals;
  throw [author, approver, officer].some((other) => isSamePerson(caller, other))
    ? new Problem('four_eyes')
    : new Problem('owner_decides', { owner: department });
}

/** Discards what was prepared. The next sweep drops its table; its bytes are removed like those of other batches. */
function abandoned(
  { exchange }: Call<StaffCaller>,
  changeover: ChangeoverRow,
  row: DatasetRow,
  reason: string,
): Outcome {
  const { id, dataset, batch } = changeover;
  return allowed<'decideChangeover'>(
    200,
    { ...summary(changeover), state: 'abandoned' },
    {
      facts: {
        dataset,
        provider: row.department,
        change: { kind: 'Dataset', id: dataset, act: 'abandon', changeover: id, reason },
      },
      bumpsEpoch: true,
      work: async (transaction) => {
        if (!(await endChangeover(transaction, id, 'abandon', exchange)))
          throw new Problem('changeover_unknown', { dataset });
        if (batch !== null) await abandonBatch(transaction, batch, exchange);
      },
    },
  );
}
