import { batchLife } from '../../domain/batch.ts';
import { transition } from '../../domain/lifeCycle.ts';
import { allowed } from '../../pipeline/call.ts';
import { keepReceipt } from './store/keepReceipt.ts';
import { datasetById } from '../../registry/store/datasets.ts';
import { sweepTables } from '../rows/store/sweep.ts';
import { batchAnswer, batchFacts } from './answer.ts';
import { decide, decided, whatIs } from './decideHeld.ts';
import { refuseOthers } from './namedDecider.ts';
import { everywhere, own } from '../../domain/cells.ts';
import { ofBatch } from '../../pipeline/ownership.ts';
import { decisionOperation } from '../operation.ts';

/** POST /v1/batches/{batch}/drop. One person is enough: nothing becomes visible. @throws Problem transition_not_allowed, decided_by_another, batch_unknown, reason_identifies */
export const dropBatch = decisionOperation('dropBatch', {
  kind: 'intake',
  permission: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  owner: ofBatch,
  run: async (call, services) => {
    const { database, registry } = services;
    const { batch, reason } = await decided(call, services);
    const row = await datasetById(database.app, batch.dataset);
    const state = transition(batchLife, whatIs(batch), batch.state, 'drop');
    refuseOthers(call.caller.person, row, { identity: services.identity, now: call.now });
    const change = { batch: batch.id, act: 'drop', reason };
    return allowed<'dropBatch'>(
      200,
      batchAnswer({ ...batch, state, heldUntil: null, exchange: call.exchange }),
      {
        facts: { ...batchFacts(batch, registry.current.datasets.get(batch.dataset)), change },
        work: (transaction) => decide(transaction, batch, 'drop', call),
        whenDurable: async (receipt) => {
          await keepReceipt(database.app, batch.id, call.exchange, receipt);
          await sweepTables(database);
        },
      },
    );
  },
});
