/**
 * The bytes of a leaf: canonical JSON (RFC 8785). Names are written in sorted order here, so that one JSON.stringify yields the
 * canonical text; the tests compare it with terms/canonicalJson over arbitrary leaves.
 */
import { canonicalJson, type CanonicalValue } from '../terms/canonicalJson.ts';
import { Problem } from '../terms/problem.ts';
import { sha256 } from './hash.ts';
import type { Leaf } from './leaf.ts';

/** A leaf fits an entry bundle of C2SP tlog-tiles, whose lengths are 16 bits. */
export const maxLeafLength = 65_535;

export interface PreparedLeaf {
  /** canonical text; contains no raw line feed */
  readonly text: string;
  /** UTF-8 of the text, stored and hashed verbatim */
  readonly bytes: Uint8Array;
  /** SHA-256(0x00 ‖ bytes) */
  readonly hash: Uint8Array;
}

/**
 * Canonical text of a leaf.
 * @throws Problem log_entry_invalid on a number that is not a safe integer, or a lone surrogate
 */
export function leafText(leaf: Leaf): string {
  const { rows, subjects, batch, stream, connector, synthetic } = leaf;
  if (hasIndexNames(leaf)) return slowText(leaf);
  const text = JSON.stringify({
    actor: {
      certificate: leaf.actor.certificate,
      department: leaf.actor.department,
      insteadOf: leaf.actor.insteadOf,
      keyid: leaf.actor.keyid,
      person: leaf.actor.person,
      staff: leaf.actor.staff,
      way: leaf.actor.way,
    },
    aggregate: leaf.aggregate,
    agreement: leaf.agreement,
    approval: leaf.approval && {
      number: leaf.approval.number,
      resource: leaf.approval.resource,
      sha256: leaf.approval.sha256,
    },
    asked: integer(leaf.asked),
    at: leaf.at,
    batch: batch && {
      bad: integer(batch.bad),
      id: batch.id,
      rows: integer(batch.rows),
      sha256: batch.sha256,
    },
    change: leaf.change && sorted(leaf.change),
    claimedDepartment: leaf.claimedDepartment,
    claimedKeyid: leaf.claimedKeyid,
    code: leaf.code,
    connector: connector && {
      datasets: connector.datasets,
      id: connector.id,
      state: connector.state,
      why: connector.why,
    },
    consumer: leaf.consumer,
    cube: leaf.cube && { batch: leaf.cube.batch, digest: leaf.cube.digest },
    dataset: leaf.dataset,
    decision: leaf.decision,
    epoch: integer(leaf.epoch),
    fact: leaf.fact,
    fields: leaf.fields && sorted(leaf.fields),
    id: leaf.id,
    kind: leaf.kind,
    matter: leaf.matter,
    matterCode: leaf.matterCode,
    notes: leaf.notes,
    obligations: leaf.obligations,
    onBehalfOf: leaf.onBehalfOf,
    operation: leaf.operation,
    policy: leaf.policy,
    private: leaf.private,
    provider: leaf.provider,
    purpose: leaf.purpose,
    repeatOf: leaf.repeatOf,
    reply: leaf.reply,
    request: leaf.request,
    rows: rows && { delivered: integer(rows.delivered), withheld: integer(rows.withheld) },
    schema: leaf.schema,
    status: integer(leaf.status),
    stream: stream && {
      bytes: integer(stream.bytes),
      id: stream.id,
      parts: integer(stream.parts),
      rows: integer(stream.rows),
      state: stream.state,
      why: stream.why,
    },
    subjects: subjects && { commitment: subjects.commitment, count: integer(subjects.count) },
    synthetic: synthetic && {
      dataset: synthetic.dataset,
      from: synthetic.from,
      rows: integer(synthetic.rows),
      schema: synthetic.schema,
      under: synthetic.under,
    },
    v: leaf.v,
    withheld: leaf.withheld && sorted(leaf.withheld),
    // a member that is not written here would be lost silently
  } satisfies Readonly<Record<keyof Leaf, unknown>>);
  // JSON.stringify escapes a lone surrogate; RFC 8785 has no form for it
  if (hasLoneSurrogate(text)) {
    throw new Problem('log_entry_invalid', { what: 'lone surrogate' });
  }
  return text;
}

/**
 * Text, bytes and hash of a leaf, computed once when it is passed to the log.
 * @throws Problem log_entry_invalid, also when it is longer than 65,535 bytes
 */
export function prepareLeaf(leaf: Leaf): PreparedLeaf {
  const text = leafText(leaf);
  const hashed = Buffer.allocUnsafe(Buffer.byteLength(text) + 1);
  hashed[0] = 0;
  hashed.write(text, 1);
  if (hashed.length - 1 > maxLeafLength) {
    throw new Problem('log_entry_invalid', { what: `longer than ${maxLeafLength} bytes` });
  }
  return { text, bytes: hashed.subarray(1), hash: sha256(hashed) };
}

function integer(value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!Number.isSafeInteger(value)) throw new Problem('log_entry_invalid', { what: 'no safe integer' });
  return value;
}

/** The members in the order of RFC 8785 §3.2.3. */
function sorted(
  members: Readonly<Record<string, string | number | boolean>>,
): Record<string, string | number | boolean> {
  const ordered: Record<string, string | number | boolean> = {};
  for (const name of Object.keys(members).sort()) {
    const value = members[name];
    if (typeof value === 'number') integer(value);
    if (value !== undefined) ordered[name] = value;
  }
  return ordered;
}

const hasIndexNames = ({ fields, withheld, change }: Leaf): boolean =>
  hasIndexName(fields) || hasIndexName(withheld) || hasIndexName(change);

/** JavaScript moves a name like `12` to the front of an object and gives `__proto__` another meaning. */
function hasIndexName(members: object | undefined): boolean {
  return members !== undefined && Object.keys(members).some((name) => /^(\d+|__proto__)$/.test(name));
}

function slowText(leaf: Leaf): string {
  try {
    return canonicalJson(leaf as unknown as CanonicalValue);
  } catch (cause) {
    throw new Problem('log_entry_invalid', { what: 'no canonical form' }, { cause });
  }
}

function hasLoneSurrogate(text: string): boolean {
  if (!text.includes('\\ud')) return false;
  // an escaped backslash before `ud…` is text, not an escape: remove pairs of backslashes first
  return /\\ud[89a-f]/.test(text.replaceAll('\\\\', ''));
}
