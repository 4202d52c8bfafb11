import { Problem } from '../../../../terms/problem.ts';
import { batchFacts } from '../../../flows/intake/answer.ts';
import { allowed } from '../../../pipeline/call.ts';
import { batchById } from '../../../flows/intake/store/batchById.ts';
import { problemPlaces } from '../../../flows/intake/store/problemPlaces.ts';
import { reachOf } from '../../common/reach.ts';
import { seenBySenders } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** Kinds of problems that are told. */
const mostKinds = 50;

const permission = seenBySenders;

/** GET /v1/batches/{batch}/problems: what is wrong in a submission, counted by rule and column; never a value. @throws Problem batch_unknown */
export const listBatchProblems = operation('listBatchProblems', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database, registry }) => {
    const row = await batchById(database.app, call.params.batch);
    const reach = reachOf(permission, call.caller);
    if (row === undefined || reach?.includes(row.department) === false) throw new Problem('batch_unknown');
    const problems = await problemPlaces(database.app, row.id, mostKinds);
    return allowed<'listBatchProblems'>(
      200,
      { batch: row.id, problems },
      { facts: batchFacts(row, registry.current.datasets.get(row.dataset)) },
    );
  },
});
