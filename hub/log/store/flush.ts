/** One flush of the log: a single call of `append_flush`, prepared once a connection. */
import type { Transaction } from '../../platform/database/transaction.ts';
import type { PrivatePart } from './privateParts.ts';
import type { ConsentScope } from '../../features/consents/store/readConsentStates.ts';

/** An entry's columns beside its leaf. Texts hold neither tab nor line feed. */
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
  /** the leaf as its row holds it (storedLeaves.ts) */
  readonly stored: Uint8Array;
  /** of the leaf itself */
  readonly hash: Uint8Array;
  readonly columns: EntryColumns;
  readonly nonce?: { readonly keyid: string; readonly nonce: string };
  /** tokens of 16 bytes, one behind the other */
  readonly subjects?: { readonly tokens: Uint8Array; readonly salt: Uint8Array };
  /** what its leaf commits to apart, stored with it */
  readonly privatePart?: PrivatePart;
}

/** By so much of its id a key is told apart where nonces are remembered: 66 bits of a digest. The whole id stands in the leaf. */
export const keyMark = (keyid: string): string => keyid.slice(0, 11);

export interface QuotaTaken {
  readonly counter: string;
  /** YYYY-MM-DD */
  readonly day: string;
  readonly calls: number;
  readonly max: number;
}

/** What a counter has lost on a day. */
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

/** Why a flush took nothing: everything in it is rolled back. */
export type FlushConflict = 'head' | 'quotas' | 'publish';

const call = `SELECT append_flush(${Array.from({ length: 23 }, (_, at) => `$${at + 1}`).join(', ')}) AS taken`;
const statement = { name: 'append_flush', text: call };
/** With what entries commit to apart: one statement, so that neither stands without the other. */
const withPrivateParts = {
  name: 'append_flush_private',
  text: `WITH kept AS (
  INSERT INTO audit_private (exchange, salt, value) SELECT of::uuid, decode(salt, 'hex'), value::jsonb
    FROM unnest(string_to_array($24, E'\\n'), string_to_array($25, E'\\n'), string_to_array($26, E'\\n')) AS part (of, salt, value))
${call}`,
};

/**
 * Sends the flush; alone it is a transaction of its own, in a transaction a part of it.
 * @returns what has been taken of each of its quotas, this flush included
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

/** Exchanges, salts and values of private parts, a line each: no line of JSON holds a line feed. */
const privateLines = (parts: readonly PrivatePart[]): string[] => [
  parts.map(({ exchange }) => exchange).join('\n'),
  parts.map(({ salt }) => hex(salt)).join('\n'),
  parts.map(({ value }) => JSON.stringify(value)).join('\n'),
];

/** Where each leaf ends among them all. */
function endsOf(entries: readonly FlushEntry[]): number[] {
  let end = 0;
  return entries.map(({ stored }) => (end += stored.length));
}

/** What a flush tells of its quotas. */
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

/** An entry's place, its salt, and which of the tokens are its own, counted from 1. */
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

/** Tokens as PostgreSQL sends and takes an array of bytes: a dimension, no nulls, the type, how many, from 1 on; each with its length before it. */
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

/** What an error of `appendFlush` says was lost; undefined for any other error. */
export const flushConflict = (error: unknown): FlushConflict | undefined =>
  losses[(error as { code?: string }).code ?? ''];

/* The flush of one answer that rests on consents, with what its entry commits to apart, as one statement (`append_with_consents`). */

/** What goes with a flush. */
export interface ConsentGround {
  readonly scope: ConsentScope;
  /** the version that nothing of the scope may be newer than */
  readonly asOf: bigint;
  readonly private: PrivatePart;
}

const places = Array.from({ length: 30 }, (_, at) => `$${at + 1}`).join(', ');

const flushWithConsentsStatement = {
  name: 'append_with_consents',
  text: `SELECT append_with_consents(${places}) AS taken`,
};

/**
 * Sends the flush; a transaction of its own.
 * @returns what has been taken of each of its quotas, this flush included
 * @throws the database's error; `flushConflict` says which claim was lost, `areNewer` that a consent of the scope is newer
 */
export async function appendWithConsents(
  client: Transaction,
  flush: Flush,
  { scope, asOf, private: retained }: ConsentGround,
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

/** Whether an error of `appendWithConsents` says that a consent of the scope is newer; nothing was written then. */
export const areNewer = (error: unknown): boolean => (error as { code?: string }).code === 'DT005';
