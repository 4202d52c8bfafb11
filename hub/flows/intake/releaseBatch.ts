/**
 * A person releases a held batch (被搁置的批次): the end of the intake flow that waited for the decision.
 *
 *   whose batch? → may it still be published? → a second person? → append entry + publish batch → receipt
 */
import { Problem } from '../../../terms/problem.ts';
import { batchLife } from '../../domain/batch.ts';
import { transition } from '../../domain/lifeCycle.ts';
import { allowed } from '../../pipeline/call.ts';
import type { BatchRow } from './store/batches.ts';
import { storeReceipt } from './store/leaseBatch.ts';
import { proposalOf } from './store/proposals.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import { sweepTables } from '../rows/store/sweep.ts';
import { batchAnswer, batchFacts } from './answer.ts';
import { correctedBatch, outdatedCorrection } from './correction.ts';
import { decide, decided, isFirstApproval, proposed, stillFits, whatIs } from './decideHeld.ts';
import { refuseOthers } from './namedDecider.ts';
import { currentOf, makeCurrent } from './publication.ts';
import { alteredSince } from './rewriting.ts';
import { periodsBrought, readyTable, refuseOver } from '../lastingTable.ts';
import { everywhere, own } from '../../domain/cells.ts';
import { ofBatch } from '../../pipeline/ownership.ts';
import { decisionOperation } from '../operation.ts';

/**
 * POST /v1/batches/{batch}/release.
 * @throws Problem transition_not_allowed, batch_not_correctable, decided_by_another, batch_rows_rewritten, batch_periods_over,
 * batch_periods_many, made_by_unread, and what `decided` and `stillFits` throw
 */
export const releaseBatch = decisionOperation('releaseBatch', {
  kind: 'intake',
  permission: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  owner: ofBatch,
  run: async (call, services) => {
    const { database, registry } = services;
    const { batch, reason } = await decided(call, services);
    transition(batchLife, whatIs(batch), batch.state, 'release');
    const dataset = stillFits(services, batch);
    const first = await proposalOf(database.app, batch.id, 'release');
    const { person } = call.caller;
    refuseOthers(person, dataset.row, {
      identity: services.identity,
      now: call.now,
      first: first?.proposedBy,
    });
    if (intakeRulesOf(dataset.row).secondPerson && (await isFirstApproval(call, services, first)))
      return proposed(call, batch, 'release', reason);
    const { row } = dataset;
    const brought = await periodsBrought(database.app, batch.id, dataset);
    refuseOver(dataset, brought, call.now);
    if (row.mode === 'upsert') await readyTable(services, dataset, brought);
    const [outdated] = outdatedCorrection(await correctedBatch(database.app, batch), dataset);
    if (outdated !== undefined) throw new Problem(outdated.code, outdated.facts);
    // read before the checks: if another batch is published in between, they run again
    const over = await currentOf(database, dataset);
    const altered = await alteredSince(database.app, batch, dataset);
    if (altered !== undefined) throw new Problem(altered.code, altered.facts);
    const current = await makeCurrent(database, dataset, batch, call.exchange, over);
    const published: BatchRow = { ...batch, state: 'published', exchange: call.exchange, approvedBy: person };
    const findings = batch.findings.map(({ code }) => code).join(' ');
    const change = {
      batch: batch.id,
      act: 'release',
      reason,
      findings,
      ...secondOf(first?.proposedBy, person),
    };
    return allowed<'releaseBatch'>(200, batchAnswer(published), {
      facts: { ...batchFacts(published, dataset), change },
      claims: current.claims,
      work: async (transaction) => {
        await decide(transaction, batch, 'release', call);
        await current.work(transaction);
      },
      whenDurable: async (receipt) => {
        await storeReceipt(database.app, batch.id, call.exchange, receipt);
        registry.movePointer(row.id, batch.id);
        await sweepTables(database);
      },
    });
  },
});

/** The person of the first approval, where it was another person. */
const secondOf = (first: string | undefined, person: string): { readonly proposedBy?: string } =>
  first === undefined || first === person ? {} : { proposedBy: first };
