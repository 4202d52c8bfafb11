/** Proposals that wait for a person of their owner, with their results. */
import { endWaitingHolds } from '../../log/store/legalHolds.ts';
import { sealedRow, sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import type { KindWord } from '../../../terms/factWords.ts';
import type { ProposalState } from '../../domain/proposal.ts';
import { momentOf, readMoment } from '../../platform/database/values.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface ProposalRow {
  /** id of the entry that made it */
  readonly id: string;
  /** the operation that acceptance performs */
  readonly operation: string;
  readonly kind: KindWord;
  readonly name: string;
  /** code of a department; null: the data office */
  readonly owner: string | null;
  /** the input of the operation: JSON text, and the parameters of its path */
  readonly body: string;
  readonly params: Readonly<Record<string, string>>;
  /** hex SHA-256 over operation, parameters and body */
  readonly digest: string;
  readonly state: ProposalState;
  /** ids of persons */
  readonly author: string;
  /** only the security officer may accept it */
  readonly needsOfficer: boolean;
  readonly decidedBy: string | null;
  readonly reason: string | null;
}

const head = 'id, operation, kind, name, owner, digest, author, needs_officer AS "needsOfficer"';
const columns = `${head}, body, params, state, decided_by AS "decidedBy", reason`;

/** The columns in lists: a body may be megabytes. */
export type ProposalHead = Pick<
  ProposalRow,
  'id' | 'operation' | 'kind' | 'name' | 'owner' | 'digest' | 'author' | 'needsOfficer'
>;

export const proposalById = (reader: Reader, id: string): Promise<ProposalRow | undefined> =>
  sealedRow<ProposalRow>(reader, 'proposal', `SELECT ${columns} FROM proposal WHERE id = $1`, [id]);

/** All waiting proposals, oldest first, each with its start in Unix milliseconds. */
export async function listWaitingProposals(
  reader: Reader,
): Promise<(ProposalHead & { readonly proposedAt: number })[]> {
  const rows = await sealedRows<ProposalHead & { readonly proposed: string }>(
    reader,
    'proposal',
    `SELECT ${head}, ${momentOf('proposed_at')} AS proposed FROM proposal WHERE state = 'waiting' ORDER BY proposed_at, id`,
  );
  return rows.map(({ proposed, ...row }) => ({ ...row, proposedAt: readMoment(proposed) }));
}

/** Those that would change an entry of the catalogue, alone or with others, oldest first. */
export const waitingForEntry = (reader: Reader, entry: string): Promise<ProposalHead[]> =>
  sealedRows<ProposalHead>(
    reader,
    'proposal',
    `SELECT ${head} FROM proposal
      WHERE state = 'waiting' AND entries @> ARRAY[$1] ORDER BY proposed_at, id`,
    [entry],
  );

/** Mappings of a dataset that wait for approval, oldest first; the name of each has its version. */
export const waitingMappings = (reader: Reader, dataset: string): Promise<ProposalHead[]> =>
  sealedRows<ProposalHead>(
    reader,
    'proposal',
    `SELECT ${head} FROM proposal
      WHERE state = 'waiting' AND operation = 'registerMapping' AND params->>'dataset' = $1
      ORDER BY proposed_at, id`,
    [dataset],
  );

/** The waiting proposal with the same content. */
export const waitingProposal = (reader: Reader, digest: string): Promise<ProposalRow | undefined> =>
  sealedRow<ProposalRow>(
    reader,
    'proposal',
    `SELECT ${columns} FROM proposal WHERE state = 'waiting' AND digest = $1`,
    [digest],
  );

/** The number of waiting proposals of one person. */
export async function waitingOf(reader: Reader, author: string): Promise<number> {
  const { rows } = await reader.query<{ waiting: string }>(
    `SELECT count(*) AS waiting FROM proposal WHERE state = 'waiting' AND author = $1`,
    [author],
  );
  return Number(rows[0]?.waiting ?? 0);
}

/** The number of one person's waiting proposals for an operation. */
export async function waitingToDo(reader: Reader, author: string, operation: string): Promise<number> {
  const { rows } = await reader.query<{ waiting: string }>(
    `SELECT count(*) AS waiting FROM proposal WHERE state = 'waiting' AND author = $1 AND operation = $2`,
    [author, operation],
  );
  return Number(rows[0]?.waiting ?? 0);
}

/** @param row with the entries of the catalogue that an import would change */
export async function insertProposal(
  reader: Reader,
  row: Omit<ProposalRow, 'state' | 'decidedBy' | 'reason'> & { readonly entries: readonly string[] },
): Promise<void> {
  await reader.query(
    `INSERT INTO proposal (id, operation, kind, name, owner, body, params, digest, author, entries, needs_officer)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      row.id,
      row.operation,
      row.kind,
      row.name,
      row.owner,
      row.body,
      JSON.stringify(row.params),
      row.digest,
      row.author,
      row.entries,
      row.needsOfficer,
    ],
  );
}

/** @returns false when another person decided it first */
export async function decideProposal(
  reader: Reader,
  decision: {
    readonly id: string;
    readonly to: ProposalState;
    readonly by: string;
    readonly reason: string | null;
    /** the entry that decides */
    readonly exchange: string;
  },
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE proposal SET state = $2, decided_by = $3, reason = $4, decided_at = now(), decision = $5
      WHERE id = $1 AND state = 'waiting'`,
    [decision.id, decision.to, decision.by, decision.reason, decision.exchange],
  );
  if (rowCount !== 1) return false;
  await endWaitingHolds(reader, [decision.id]);
  return true;
}
