/** The first of two approvals of a batch, which waits for the second. */
import { sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import { momentOf, readMoment } from '../../../platform/database/values.ts';
import type { Reader } from '../../../platform/database/reader.ts';

export type ProposedAct = 'release' | 'restore';

export interface Proposal {
  readonly batch: string;
  readonly act: ProposedAct;
  readonly proposedBy: string;
}

/** Time of the proposal, in Unix milliseconds. */
export interface OpenProposal extends Proposal {
  readonly at: number;
}

/** @returns undefined where there is no proposal */
export async function proposalOf(
  reader: Reader,
  batch: string,
  act: ProposedAct,
): Promise<Proposal | undefined> {
  const [row] = await sealedRows<Proposal & Record<string, unknown>>(
    reader,
    'batch_proposal',
    'SELECT batch, act, proposed_by AS "proposedBy" FROM batch_proposal WHERE batch = $1 AND act = $2',
    [batch, act],
  );
  return row;
}

/** All open proposals, the oldest first. */
export async function openProposals(reader: Reader): Promise<readonly OpenProposal[]> {
  const rows = await sealedRows<Proposal & { readonly proposed: string }>(
    reader,
    'batch_proposal',
    `SELECT batch, act, proposed_by AS "proposedBy", ${momentOf('proposed_at')} AS proposed FROM batch_proposal ORDER BY proposed_at`,
  );
  return rows.map(({ proposed, ...row }) => ({ ...row, at: readMoment(proposed) }));
}

/** A repeated approval replaces the earlier one. */
export async function propose(
  reader: Reader,
  proposal: Proposal & { readonly reason: string; readonly exchange: string },
): Promise<void> {
  await reader.query(
    `INSERT INTO batch_proposal (batch, act, proposed_by, reason, exchange) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (batch, act) DO UPDATE SET proposed_by = $3, reason = $4, exchange = $5, proposed_at = now()`,
    [proposal.batch, proposal.act, proposal.proposedBy, proposal.reason, proposal.exchange],
  );
}

/** Deletes the proposals on a dataset's batches once another batch is current. */
export async function forgetProposals(reader: Reader, dataset: string): Promise<void> {
  await reader.query(
    'DELETE FROM batch_proposal AS p USING batch AS b WHERE b.id = p.batch AND b.dataset = $1',
    [dataset],
  );
}
