/** One flush of the log: a single call of `append_flush`, prepared once per connection. */
import type { Transaction } from '../../platform/database/transaction.ts';
import type { PrivatePart } from './privateParts.ts';
import type { ConsentScope } from '../../features/consents/store/readConsentStates.ts';

/** An entry's columns other than its leaf. Texts contain neither tab nor line feed. */
export interface EntryColumns {
  readonly id: string;
  /** RFC 3339 */
  readonly at: string;
  readonly consumer: string | undefined;
  readonly provider: string | undefined;
  readonly dataset: string | undefined;
  readonly decision: string;
  readonly code: string | undefined;
}

export interface FlushEntry {
  /** the leaf as stored in its row (storedLeaves.ts) */
  readonly stored: Uint8Array;
  /** of the leaf itself */
  readonly hash: Uint8Array;
  readonly columns: EntryColumns;
  readonly nonce?: { readonly keyid: string; readonly nonce: string };
  /** tokens of 16 bytes, concatenated */
  readonly subjects?: { readonly tokens: Uint8Array; readonly salt: Uint8Array };
  /** the private part that the leaf commits to, stored with it */
  readonly privatePart?: PrivatePart;
}

/** The prefix of a key id that identifies the key among stored nonces: 66 bits of a digest. The leaf contains the whole id. */
export const keyMark = (keyid: string): string => keyid.slice(0, 11);

export interface QuotaTaken {
  readonly counter: string;
  /** YYYY-MM-DD */
  readonly day: string;
  readonly calls: number;
  readonly max: number;
}

/** The amount taken from a counter on a day. */
export type QuotaState = Omit<QuotaTaken, 'max'>;

export interface PointerMove {
  readonly dataset: string;
  readonly from: string | null;
  readonly to: string;
}

/** The head's row. */
export interface HeadRow {
  readonly size: number;
  readonly root: Uint8Array;
  readonly frontier: Uint8Array;
  readonly mac: Uint8Array;
  readonly epoch: number;
}

export interface Flush {
  readonly from: Pick<HeadRow, 'size' | 'root' | 'epoch'>;
  readonly to: HeadRow;
  readonly entries: readonly FlushEntry[];
  readonly quotas: readonly QuotaTaken[];
  readonly pointers: readonly PointerMove[];
}

/** Why a flush was rejected: everything in it is rolled back. */
export type FlushConflict = 'head' | 'quotas' | 'publish';

const call = `SELECT append_flush(${Array.from({ length: 23 }, (_, at) => `$${at + 1}`).join(', ')}) AS taken`;
const statement = { name: 'append_flush', text: call };
/** Writes the private parts in the same statement, so that neither is stored without the other. */
const withPrivateParts = {
  name: 'append_flush_private',
  text: `WITH kept AS (
  INSERT INTO audit_private (exchange, salt, value) SELECT of::uuid, decode(salt, 'hex'), value::jsonb
    FROM unnest(string_to_array($24, E'\\n'), string_to_array($25, E'\\n'), string_to_array($26, E'\\n')) AS part (of, salt, value))
${call}`,
};

/**
 * Sends the flush. Alone it is its own transaction; inside a transaction it is a part of it.
 * @returns the amount taken of each of its quotas, this flush included
 */
export async function appendFlush(client: Transaction, flush: Flush): Promise<readonly QuotaState[]> {
  const parts = flush.entries.flatMap(({ privatePart }) => (privatePart === undefined ? [] : [privatePart]));
  const { rows } = await (parts.length === 0
    ? client.query<{ taken: string | null }>(statement, valuesOf(flush))
    : client.query<{ taken: string | null }>(withPrivateParts, [...valuesOf(flush), ...privateLines(parts)]));
  return quotaStates(rows[0]?.taken);
}

/** The 23 parameters of a flush, in their order. */
function valuesOf(flush: Flush): unknown[] {
  const { from, to, entries } = flush;
  // join writes an undefined as an empty line
  const lines = (of: (entry: FlushEntry) => string | undefined): string => entries.map(of).join('\n');
  return [
    from.size,
    from.root,
    from.epoch,
    to.root,
    to.frontier,
    to.mac,
    to.epoch,
    Buffer.concat(entries.map((entry) => entry.stored)),
    endsOf(entries).join('\n'),
    Buffer.concat(entries.map((entry) => entry.hash)),
    lines((entry) => entry.columns.id),
    lines((entry) => entry.columns.at),
    lines((entry) => entry.columns.consumer),
    lines((entry) => entry.columns.provider),
    lines((entry) => entry.columns.dataset),
    lines((entry) => entry.columns.decision),
    lines((entry) => entry.columns.code),
    lines((entry) => entry.nonce && keyMark(entry.nonce.keyid)),
    lines((entry) => entry.nonce?.nonce),
    subjectLines(entries),
    byteArrays(entries.map(({ subjects }) => subjects?.tokens ?? none)),
    flush.quotas.map((q) => `${q.counter}\t${q.day}\t${q.calls}\t${q.max}`).join('\n'),
    flush.pointers.map((move) => `${move.dataset}\t${move.from ?? ''}\t${move.to}`).join('\n'),
  ];
}

/** Exchanges, salts and values of private parts, one line each: a line of JSON contains no line feed. */
const privateLines = (parts: readonly PrivatePart[]): string[] => [
  parts.map(({ exchange }) => exchange).join('\n'),
  parts.map(({ salt }) => hex(salt)).join('\n'),
  parts.map(({ value }) => JSON.stringify(value)).join('\n'),
];

/** The end offset of each leaf in the concatenation. */
function endsOf(entries: readonly FlushEntry[]): number[] {
  let end = 0;
  return entries.map(({ stored }) => (end += stored.length));
}

/** The quota states that a flush returns. */
const quotaStates = (taken: string | null | undefined): readonly QuotaState[] =>
  taken === '' || taken === null || taken === undefined
    ? []
    : taken.split('\n').map((line) => {
        const [counter = '', day = '', calls] = line.split('\t');
        return { counter, day, calls: Number(calls) };
      });

/** Bytes of a token. */
const tokenLength = 16;

const none = new Uint8Array(0);

/** An entry's index, its salt, and the numbers of its tokens, counted from 1. */
function subjectLines(entries: readonly FlushEntry[]): string {
  const lines: string[] = [];
  let last = 0;
  for (const [at, { subjects }] of entries.entries()) {
    if (subjects === undefined) continue;
    const first = last + 1;
    last += subjects.tokens.length / tokenLength;
    lines.push(`${at}\t${hex(subjects.salt)}\t${first}\t${last}`);
  }
  return lines.join('\n');
}

/** `bytea` in the catalogue of types. */
const bytea = 17;

/**
 * Tokens in PostgreSQL's binary format of an array of bytes: one dimension, no nulls, type, count, lower bound 1; then each with its
 * length.
 */
function byteArrays(tokens: readonly Uint8Array[]): Buffer {
  const count = tokens.reduce((sum, { length }) => sum + length, 0) / tokenLength;
  const head = count === 0 ? [0, 0, bytea] : [1, 0, bytea, count, 1];
  const array = Buffer.alloc(4 * head.length + count * (4 + tokenLength));
  let to = 0;
  for (const word of head) to = array.writeInt32BE(word, to);
  for (const some of tokens) {
    for (let from = 0; from < some.length; from += tokenLength) {
      array[to + 3] = tokenLength;
      to += 4;
      for (let at = from; at < from + tokenLength; at += 1) array[to++] = some[at] ?? 0;
    }
  }
  return array;
}

const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');

const losses: Readonly<Record<string, FlushConflict>> = { DT001: 'head', DT003: 'quotas', DT004: 'publish' };

/** The claim that was lost according to an error of `appendFlush`; undefined for any other error. */
export const flushConflict = (error: unknown): FlushConflict | undefined =>
  losses[(error as { code?: string }).code ?? ''];

/* The flush of one answer that rests on consents, with its private part, as one statement (`append_with_consents`). */

/** Data written together with a flush. */
export interface ConsentBasis {
  readonly scope: ConsentScope;
  /** no consent of the scope may be newer than this version */
  readonly asOf: bigint;
  readonly private: PrivatePart;
}

const places = Array.from({ length: 30 }, (_, at) => `$${at + 1}`).join(', ');

const flushWithConsentsStatement = {
  name: 'append_with_consents',
  text: `SELECT append_with_consents(${places}) AS taken`,
};

/**
 * Sends the flush in its own transaction.
 * @returns the amount taken of each of its quotas, this flush included
 * @throws the database's error; `flushConflict` returns the lost claim, `areNewer` reports that a consent of the scope is newer
 */
export async function appendWithConsents(
  client: Transaction,
  flush: Flush,
  { scope, asOf, private: retained }: ConsentBasis,
): Promise<readonly QuotaState[]> {
  const { rows } = await client.query<{ taken: string | null }>(flushWithConsentsStatement, [
    ...valuesOf(flush),
    scope.recipient,
    scope.dataset,
    scope.purpose,
    String(asOf),
    retained.exchange,
    Buffer.from(retained.salt),
    JSON.stringify(retained.value),
  ]);
  return quotaStates(rows[0]?.taken);
}

/** Whether an error of `appendWithConsents` reports that a consent of the scope is newer; nothing was written then. */
export const areNewer = (error: unknown): boolean => (error as { code?: string }).code === 'DT005';
