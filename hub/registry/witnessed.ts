/**
 * The state of documents according to the log. It is the only evidence of a row missing from the table of documents, or of an older
 * version that was restored. Each snapshot continues where the previous one ended.
 */
import type { PolicyDocument } from '../../policies/documents/storedDocument.ts';
import { servedBy, type ConsentVerdict } from '../../policies/standingPlans.ts';
import { defined } from '../../terms/defined.ts';
import { Problem } from '../../terms/problem.ts';
import { parseLeaf } from '../../log/parseLeaf.ts';
import type { Leaf } from '../../log/leaf.ts';
import { unsignedLeaves } from '../log/store/entries.ts';
import type { Reader } from '../platform/database/reader.ts';
import type { ConsentStateRow } from './store/policy/pagePolicyDocuments.ts';

interface Decided {
  readonly version: number;
  readonly kind: PolicyDocument['kind'];
  readonly state: 'active' | 'suspended';
}

export interface Witnessed {
  /** entries below this index have been read */
  readonly end: number;
  /** by a document's id, the version that came into force last, and its state then */
  readonly decided: ReadonlyMap<string, Decided>;
  /** mandates that were revoked → Unix milliseconds of the entry */
  readonly revoked: ReadonlyMap<string, number>;
}

const portion = 2_000;

/** @param before the result of an earlier read */
export async function readWitnessed(reader: Reader, before?: Witnessed): Promise<Witnessed> {
  const decided = new Map(before?.decided);
  const revoked = new Map(before?.revoked);
  let end = before?.end ?? 0;
  for (;;) {
    const entries = await unsignedLeaves(reader, end, portion);
    for (const { leaf } of entries) {
      remember(decided, leaf);
      rememberRevoked(revoked, leaf);
    }
    end = (entries.at(-1)?.index ?? end - 1) + 1;
    if (entries.length < portion) return { end, decided, revoked };
  }
}

function remember(decided: Map<string, Decided>, bytes: Uint8Array): void {
  // excludes nearly all other leaves without parsing
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('"document":')) return;
  const { kind: entry, decision, change = {} } = leafIn(bytes) ?? {};
  const { document, kind, state, changed } = change;
  if (entry !== 'management' || decision !== 'allow' || changed !== true) return;
  if (kind !== 'Agreement' && kind !== 'Restriction') return;
  if (state !== 'active' && state !== 'suspended') return;
  const [, id, version] = /^(.+)@([0-9]+)$/.exec(String(document)) ?? [];
  if (id !== undefined) decided.set(id, { version: Number(version), kind, state });
}

function rememberRevoked(revoked: Map<string, number>, bytes: Uint8Array): void {
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('"kind":"Mandate"')) return;
  const { kind, decision, at = '', change = {} } = leafIn(bytes) ?? {};
  const { id, act } = change;
  if (kind !== 'management' || decision !== 'allow' || act !== 'revoke' || typeof id !== 'string') return;
  if (!revoked.has(id)) revoked.set(id, Date.parse(at));
}

function leafIn(bytes: Uint8Array): Partial<Leaf> | undefined {
  try {
    return parseLeaf(bytes);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** Restrictions that the log put in force and that are missing: only a newer version may remove one. */
export const vanished = ({ decided }: Witnessed, rows: readonly ConsentStateRow[]): ConsentVerdict[] =>
  [...decided].flatMap(([id, { kind, version }]) =>
    kind === 'Restriction' && !rows.some((row) => row.id === id)
      ? [{ name: `${id}@${version}`, kind, fault: 'missing' as const }]
      : [],
  );

/** A version that a later entry has replaced, suspended or resumed, contrary to its row. */
export function contradicted(
  { decided }: Witnessed,
  { id, version, kind, state, text }: ConsentStateRow,
): ConsentVerdict | undefined {
  const last = decided.get(id);
  if (last === undefined || last.version < version) return undefined;
  const same = last.version === version && last.state === state;
  if (same) return undefined;
  const serves = kind === 'Agreement' ? servedBy(text, false) : undefined;
  return { name: `${id}@${version}`, kind, fault: 'entry', ...defined({ serves }) };
}
