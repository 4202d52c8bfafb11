/** Verifies by its log entry that a row records the first approval of an act that needs two persons. */
import type { Leaf } from '../../../log/leaf.ts';
import type { Proposal } from '../../flows/intake/store/proposals.ts';
import type { PolicyDocumentRow } from '../../registry/store/policy/policyDocuments.ts';
import type { ChangeoverRow } from '../../registry/store/changeovers.ts';
import type { DatasetRow } from '../../registry/store/datasets.ts';
import type { ProposalRow } from '../../registry/store/proposals.ts';
import type { SchemaRow } from '../../registry/store/schemas.ts';
import { leafHash, sameHash } from '../../../log/hash.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { leafOf, leafOrNone } from './storedLeaves.ts';

type Proposed = Omit<ProposalRow, 'body' | 'params' | 'state' | 'decidedBy' | 'reason'>;

/** An act that waits for its second person, as stored in its row. */
export type Made =
  | { readonly proposal: Proposed }
  | {
      readonly changeover: Pick<
        ChangeoverRow,
        'id' | 'dataset' | 'from' | 'to' | 'author' | 'approver' | 'officer' | 'agreed'
      >;
    }
  | { readonly document: Pick<PolicyDocumentRow, 'id' | 'version' | 'digest' | 'author'> }
  | { readonly schema: Pick<SchemaRow, 'urn' | 'digest' | 'author' | 'approver' | 'officer'> }
  | { readonly ending: Pick<DatasetRow, 'id' | 'endingBy'> }
  | { readonly batch: Proposal };

export interface FirstApproval {
  /** SQL expression for the id of its entry, with its values */
  readonly id: string;
  readonly values: readonly unknown[];
  /** whether an allowed leaf is that of this approval, by the person that the row names */
  readonly isEntryOf: (leaf: Leaf) => boolean;
}

/** The entry of the first approval, and the content it has if the row was written by the hub. */
function firstApprovalOf(made: Made): FirstApproval {
  if ('proposal' in made)
    return { id: '$1', values: [made.proposal.id], isEntryOf: (leaf) => proposes(leaf, made.proposal) };
  if ('changeover' in made) {
    const { id, dataset, from, to: schema, author } = made.changeover;
    const change = { kind: 'Dataset', id: dataset, act: 'changeover', from, schema };
    return { id: '$1', values: [id], isEntryOf: (leaf) => isBy(author, 'beginChangeover', leaf, change) };
  }
  if ('schema' in made) {
    const { urn, digest, author } = made.schema;
    const change = { kind: 'Schema', id: urn, changed: true, digest };
    return {
      id: '(SELECT registered_by FROM schema_version WHERE urn = $1)',
      values: [urn],
      isEntryOf: (leaf) =>
        isBy(author, 'registerSchema', leaf, change) ||
        (leaf.operation === 'acceptProposal' && holds(leaf, { ...change, author })),
    };
  }
  if ('ending' in made) {
    const { id, endingBy } = made.ending;
    const change = { kind: 'Dataset', id, act: 'retire', proposed: true };
    return {
      id: '(SELECT ending_entry FROM dataset WHERE id = $1 AND ending_by IS NOT NULL)',
      values: [id],
      isEntryOf: (leaf) => isBy(endingBy, 'decideDataset', leaf, change),
    };
  }
  if ('batch' in made) {
    const { batch, act, proposedBy } = made.batch;
    const operation = act === 'release' ? 'releaseBatch' : 'restoreBatch';
    return {
      id: '(SELECT exchange FROM batch_proposal WHERE batch = $1 AND act = $2)',
      values: [batch, act],
      isEntryOf: (leaf) => isBy(proposedBy, operation, leaf, { batch, act, proposed: true }),
    };
  }
  const { id, version, digest, author } = made.document;
  const change = { document: `${id}@${version}`, digest };
  return {
    id: '(SELECT submitted_by FROM policy_document WHERE id = $1 AND version = $2)',
    values: [id, version],
    // an approved request writes it: the entry is that of its last act, whose actor is not the author (see `makes`)
    isEntryOf: (leaf) =>
      isBy(author, 'submitPolicyDocument', leaf, change) ||
      (leaf.operation === 'answerRequest' && holds(leaf, { ...change, kind: 'Agreement' })),
  };
}

/**
 * Whether a leaf proposed the schema version that another person accepted. The proposal is the first approval; the acceptance is its
 * entry.
 */
const proposesSchema = (leaf: Leaf, { urn, author }: Pick<SchemaRow, 'urn' | 'author'>): boolean =>
  isBy(author, 'registerSchema', leaf, { kind: 'Schema', id: urn, changed: true, proposal: leaf.id });

/** Whether a leaf made the request that was written as this agreement. The maker is the author of the agreement. */
const makes = (leaf: Leaf, request: unknown, author: string): boolean =>
  typeof request === 'string' && isBy(author, 'makeRequest', leaf, { request, act: 'make' });

type Change = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Entries of earlier versions contain no digest of the stored document. Their row is identified by its number alone, which is unique. */
function proposes(
  leaf: Leaf,
  { id, operation, kind, name, owner, digest, author, needsOfficer }: Proposed,
): boolean {
  const change = { kind, proposal: id, changed: true, owner: owner ?? undefined };
  if (!isBy(author, operation, leaf, change)) return false;
  const { id: of, version, proposalDigest, officer } = leaf.change ?? {};
  if ((version === undefined ? of : `${String(of)}@${String(version)}`) !== name) return false;
  return proposalDigest === undefined || (proposalDigest === digest && officer === needsOfficer);
}

const isBy = (person: string | null, operation: string, leaf: Leaf, change: Change): boolean =>
  person !== null && leaf.actor.person === person && leaf.operation === operation && holds(leaf, change);

const holds = (leaf: Leaf, change: Change): boolean =>
  Object.entries(change).every(([name, value]) => leaf.change?.[name] === value);

/**
 * Persons for whom a deputy made the first approval, or an approval after it, according to the entries.
 * @throws Problem made_by_unread if the log does not record one of them: the entry is missing, duplicated, altered, or that of another act
 *   or person than the row's. A person must not approve their own act, so an unreadable entry never counts as «no person».
 */
export async function deputisedFor(reader: Reader, made: Made): Promise<readonly string[]> {
  const leaf = await entryOf(reader, firstApprovalOf(made));
  if ('document' in made && leaf.operation === 'answerRequest') {
    // the act of the author is the request, not the last act on it
    const request = leaf.change?.['request'];
    const id = '(SELECT exchange FROM request_event WHERE request = $1 AND seq = 1)';
    const isEntryOf: FirstApproval['isEntryOf'] = (first) => makes(first, request, made.document.author);
    return deputised(await entryOf(reader, { id, values: [request], isEntryOf }));
  }
  const later = await laterApprovals(reader, made, leaf);
  const first =
    'schema' in made && leaf.operation === 'acceptProposal'
      ? // the acceptance names the persons on whose behalf it was accepted; the proposal names those on whose behalf it was written
        await entryOf(reader, {
          id: '$1',
          values: [leaf.change?.['proposal']],
          isEntryOf: (proposal) => proposesSchema(proposal, made.schema),
        })
      : undefined;
  return [first, leaf, ...later].flatMap((one) => (one === undefined ? [] : deputised(one)));
}

/** Entries of approvals after the first one. @throws Problem made_by_unread */
async function laterApprovals(reader: Reader, made: Made, first: Leaf): Promise<readonly Leaf[]> {
  if ('changeover' in made) return changeoverApprovals(reader, made.changeover);
  if (!('schema' in made)) return [];
  const { urn, digest, approver, officer } = made.schema;
  // the person who accepted a proposed version is its approver with that entry. The last approval publishes: one other can precede it
  const accepted = first.operation === 'acceptProposal' ? first.actor.person : undefined;
  const person = [approver, officer].find((one) => one !== null && one !== accepted);
  if (person === undefined || person === null) return [];
  const id = '(SELECT decided_by FROM schema_version WHERE urn = $1)';
  const isEntryOf: FirstApproval['isEntryOf'] = (leaf) =>
    isBy(person, 'decideSchema', leaf, { kind: 'Schema', id: urn, state: 'inReview', digest });
  return [await entryOf(reader, { id, values: [urn], isEntryOf })];
}

/** Entries read at once in search of an approval. */
const searchedAtOnce = 200;

/** The newest approval of each person, searched from the newest entry back to the one that began the changeover: their rows do not name it. */
async function changeoverApprovals(
  reader: Reader,
  { id, dataset, approver, officer, agreed }: Extract<Made, { changeover: unknown }>['changeover'],
): Promise<readonly Leaf[]> {
  const missing = new Set([approver, officer].filter((person) => person !== null));
  const change = { kind: 'Dataset', id: dataset, act: 'agree', changeover: id, digest: agreed };
  const found: Leaf[] = [];
  for (let before: string | null = null; missing.size > 0;) {
    const { rows }: { rows: (Stored & { idx: string })[] } = await reader.query<Stored & { idx: string }>(
      `SELECT idx, ${storedColumns} FROM audit_entry
        WHERE nonce IS NULL AND dataset = $1 AND idx > (SELECT idx FROM audit_entry WHERE id = $2)
          AND idx < coalesce($3, (SELECT size FROM audit_head WHERE id = 1)) ORDER BY idx DESC LIMIT ${searchedAtOnce}`,
      [dataset, id, before],
    );
    for (const row of rows) {
      const leaf = readable(row);
      const { person } = leaf?.actor ?? {};
      if (leaf?.decision !== 'allow' || person === undefined || !missing.has(person)) continue;
      if (!isBy(person, 'decideChangeover', leaf, change)) continue;
      found.push(leaf);
      missing.delete(person);
    }
    before = rows.at(-1)?.idx ?? null;
    if (rows.length < searchedAtOnce) break;
  }
  if (missing.size > 0) throw new Problem('made_by_unread');
  return found;
}

interface Stored {
  readonly id: string;
  readonly leaf: Uint8Array;
  readonly hash: Uint8Array;
  /** whether the index is below the head: a row beyond the head is no entry of the log */
  readonly within: boolean;
}

const storedColumns = 'id, leaf, hash, idx < (SELECT size FROM audit_head WHERE id = 1) AS within';

/** @throws Problem made_by_unread */
async function entryOf(reader: Reader, { id, values, isEntryOf }: FirstApproval): Promise<Leaf> {
  const { rows } = await reader.query<Stored & Record<string, unknown>>(
    `SELECT ${storedColumns} FROM audit_entry WHERE id = ${id}`,
    [...values],
  );
  const [entry, ...more] = rows;
  const leaf = entry === undefined || more.length > 0 ? undefined : readable(entry);
  if (leaf?.decision !== 'allow' || !isEntryOf(leaf)) throw new Problem('made_by_unread');
  return leaf;
}

/** Undefined if the entry cannot be read. */
function readable({ id, leaf: stored, hash, within }: Stored): Leaf | undefined {
  const bytes = leafOf(stored);
  if (!within || !sameHash(leafHash(bytes), hash)) return undefined;
  const leaf = leafOrNone(bytes);
  const actor: unknown = leaf?.actor;
  if (leaf?.id !== id || typeof actor !== 'object' || actor === null) return undefined;
  return typeof (leaf.actor.insteadOf ?? '') === 'string' ? leaf : undefined;
}

const deputised = ({ actor }: Leaf): readonly string[] =>
  (actor.insteadOf ?? '').split(' ').filter((one) => one !== '');

/** The leaf of an exchange, if its entry concerns one of these subjects. @param tokens of one person, one per year */
export async function entryAbout(
  reader: Reader,
  exchange: string,
  tokens: readonly Uint8Array[],
): Promise<Uint8Array | undefined> {
  const { rows } = await reader.query<{ leaf: Uint8Array }>(
    `SELECT e.leaf FROM audit_entry AS e JOIN audit_subject AS s ON s.idx = e.idx
      WHERE e.id = $1 AND s.tokens && $2::bytea[] LIMIT 1`,
    [exchange, tokens.map((token) => Buffer.from(token))],
  );
  const [row] = rows;
  return row && leafOf(row.leaf);
}
