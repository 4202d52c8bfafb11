import { batchLife } from '../../domain/batch.ts';
import { transition } from '../../domain/lifeCycle.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { keepReceipt } from '../../store/intake/keepReceipt.ts';
import { datasetById } from '../../store/registry/datasets.ts';
import { sweepTables } from '../../store/rows/sweep.ts';
import { batchAnswer, batchFacts } from './answer.ts';
import { decide, decided, whatIs, type Deciding } from './decideHeld.ts';
import { refuseOthers } from './namedDecider.ts';

/** POST /v1/batches/{batch}/drop. One person is enough: nothing becomes visible. @throws Problem transition_not_allowed, decided_by_another, batch_unknown, reason_identifies */
export async function dropBatch(call: Call<StaffCaller>, services: Deciding): Promise<Outcome> {
  const { database, registry } = services;
  const { batch, reason } = await decided(call, services);
  const row = await datasetById(database.app, batch.dataset);
  const state = transition(batchLife, whatIs(batch), batch.state, 'drop');
  refuseOthers(call.caller.person, row, { identity: services.identity, now: call.now });
  const change = { batch: batch.id, act: 'drop', reason };
  return allowed(200, batchAnswer({ ...batch, state, heldUntil: null, exchange: call.exchange }), {
    facts: { ...batchFacts(batch, registry.current.datasets.get(batch.dataset)), change },
    work: (transaction) => decide(transaction, batch, 'drop', call),
    whenDurable: async (receipt) => {
      await keepReceipt(database.app, batch.id, call.exchange, receipt);
      await sweepTables(database);
    },
  });
}
