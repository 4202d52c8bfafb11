import { Problem } from '../../../terms/problem.ts';
import { batchFacts } from '../../exchange/intake/answer.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { batchById } from '../../store/intake/batchById.ts';
import { problemPlaces } from '../../store/intake/problemPlaces.ts';
import { reachOf } from '../reading/reach.ts';
import type { Services } from '../services.ts';

/** Kinds of problems that are told. */
const mostKinds = 50;

/** GET /v1/batches/{batch}/problems: what is wrong in a submission, counted by rule and column; never a value. @throws Problem batch_unknown */
export async function listBatchProblems(
  call: Call<StaffCaller>,
  { database, registry }: Services,
): Promise<Outcome> {
  const row = await batchById(database.app, call.params['batch'] ?? '');
  const reach = reachOf('listBatchProblems', call.caller);
  if (row === undefined || reach?.includes(row.department) === false) throw new Problem('batch_unknown');
  const problems = await problemPlaces(database.app, row.id, mostKinds);
  return allowed(
    200,
    { batch: row.id, problems },
    { facts: batchFacts(row, registry.current.datasets.get(row.dataset)) },
  );
}
