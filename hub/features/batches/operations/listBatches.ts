import { batchAnswer, batchFacts } from '../../../flows/intake/answer.ts';
import { type BatchRow, batchById, pageBatches } from '../../../flows/intake/store/batches.ts';
import { listedInOrder, names, oneMore, orderedPage } from '../../common/listing.ts';
import { reachOf, within } from '../../common/reach.ts';
import { seenBySenders } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { Problem } from '../../../../terms/problem.ts';
import { mayApproveNext, namedDecider } from '../../../flows/intake/namedDecider.ts';
import { allowed } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { proposalOf } from '../../../flows/intake/store/proposals.ts';
import type { DatasetRow } from '../../../registry/store/datasets.ts';
import type { Services } from '../../common/services.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { problemPlaces } from '../../../flows/intake/store/profiles.ts';

const permission = seenBySenders;

/** GET /v1/batches: returns submissions and their outcomes, never a row. */
export const listBatches = operation('listBatches', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database }) => {
    const { dataset, state, sha256, department } = call.query;
    const page = orderedPage(call.query, names.uuid);
    const departments = within(reachOf(permission, call.caller), department);
    const found = await pageBatches(database.app, { ...oneMore(page), departments, dataset, state, sha256 });
    return listedInOrder(call, 'batches', page, found, ({ id }) => id, withoutReceipt);
  },
});

/** A receipt contains the whole log entry, so it is returned with a single batch but not in a list. */
function withoutReceipt(row: Parameters<typeof batchAnswer>[0]) {
  return batchAnswer({ ...row, receipt: null });
}

/**
 * GET /v1/batches/{batch} on the staff listener. A batch of a department that the caller may not read is reported as unknown.
 * @throws Problem batch_unknown
 */
export const getBatch = operation<'getBatch', StaffCaller>('getBatch', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database, registry, identity }) => {
    const row = await batchById(database.app, call.params.batch);
    const reach = reachOf(permission, call.caller);
    if (row === undefined || reach?.includes(row.department) === false) throw new Problem('batch_unknown');
    const proposal =
      (await proposalOf(database.app, row.id, 'release')) ??
      (await proposalOf(database.app, row.id, 'restore'));
    const dataset = registry.current.datasets.get(row.dataset);
    const proposed = proposal === undefined ? {} : proposedIn(proposal, identity);
    const approvals = { identity, now: call.now, first: proposal?.proposedBy };
    const another = row.state === 'held' && !mayApproveNext(call.caller.person, dataset?.row, approvals);
    return allowed<'getBatch'>(
      200,
      {
        ...batchAnswer(row),
        ...proposed,
        ...decidedBy(row, dataset?.row, identity, call.now),
        ...(another ? { waitsForAnother: true } : {}),
      },
      {
        facts: batchFacts(row, dataset),
      },
    );
  },
});

/** Persons who may decide a held batch, if the dataset names any. @param now Unix milliseconds */
export function decidedBy(
  { state }: Pick<BatchRow, 'state'>,
  row: DatasetRow | undefined,
  identity: Services['identity'],
  now: number,
) {
  const named = state === 'held' ? namedDecider(row, identity, now) : undefined;
  if (named?.able !== true) return {};
  return { decides: named.person, ...namesOfIds(identity, { decides: named.person }) };
}

/** The first of the two approvers. */
export const proposedIn = (
  { proposedBy }: { readonly proposedBy: string },
  identity: Services['identity'],
) => ({ proposedBy, ...namesOfIds(identity, { proposedBy }) });

/** Maximum number of kinds of problems returned. */
const maxKinds = 50;

/**
 * GET /v1/batches/{batch}/problems: returns the problems of a submission, counted by rule and column; never a value.
 * @throws Problem batch_unknown
 */
export const listBatchProblems = operation('listBatchProblems', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database, registry }) => {
    const row = await batchById(database.app, call.params.batch);
    const reach = reachOf(permission, call.caller);
    if (row === undefined || reach?.includes(row.department) === false) throw new Problem('batch_unknown');
    const problems = await problemPlaces(database.app, row.id, maxKinds);
    return allowed<'listBatchProblems'>(
      200,
      { batch: row.id, problems },
      { facts: batchFacts(row, registry.current.datasets.get(row.dataset)) },
    );
  },
});
