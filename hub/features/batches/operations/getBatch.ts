import { Problem } from '../../../../terms/problem.ts';
import { batchAnswer, batchFacts } from '../../../flows/intake/answer.ts';
import { mayTellNext, namedDecider } from '../../../flows/intake/namedDecider.ts';
import { allowed } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { batchById } from '../../../flows/intake/store/batchById.ts';
import type { BatchRow } from '../../../flows/intake/store/batchRow.ts';
import { proposalOf } from '../../../flows/intake/store/proposals.ts';
import type { DatasetRow } from '../../../registry/store/datasets.ts';
import { reachOf } from '../../common/reach.ts';
import type { Services } from '../../common/services.ts';
import { namesBeside } from '../../common/namesBeside.ts';
import { seenBySenders } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

const permission = seenBySenders;

/** GET /v1/batches/{batch} on the staff listener. A batch of a department that the caller may not read does not exist for her. @throws Problem batch_unknown */
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
    const said = { identity, now: call.now, first: proposal?.proposedBy };
    const another = row.state === 'held' && !mayTellNext(call.caller.person, dataset?.row, said);
    return allowed<'getBatch'>(
      200,
      {
        ...{ ...batchAnswer(row), ...proposed, ...decidedBy(row, dataset?.row, identity, call.now) },
        ...(another ? { waitsForAnother: true } : {}),
      },
      {
        facts: batchFacts(row, dataset),
      },
    );
  },
});

/** Whose word a held batch waits for, where its dataset names somebody who may say it. @param now Unix milliseconds */
export function decidedBy(
  { state }: Pick<BatchRow, 'state'>,
  row: DatasetRow | undefined,
  identity: Services['identity'],
  now: number,
) {
  const named = state === 'held' ? namedDecider(row, identity, now) : undefined;
  if (named?.able !== true) return {};
  return { decides: named.person, ...namesBeside(identity, { decides: named.person }) };
}

/** Who was the first of two. */
export const proposedIn = (
  { proposedBy }: { readonly proposedBy: string },
  identity: Services['identity'],
) => ({ proposedBy, ...namesBeside(identity, { proposedBy }) });
