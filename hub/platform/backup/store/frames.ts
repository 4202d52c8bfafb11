/**
 * The format of an archive, in order: `head` (JSON), then for each table `table` (JSON), `data` (COPY text, any number), `rows` (JSON
 * count), and `end` (JSON totals). A frame is one byte of kind, four bytes of length (big-endian), payload.
 */
import { Problem } from '../../../../terms/problem.ts';
import type { TableDefinition } from './tables.ts';

export interface ArchiveHead {
  readonly v: 1;
  /** name of the hub whose keys seal the archive */
  readonly hub: string;
  /** when the snapshot was taken, RFC 3339 by the database's clock */
  readonly at: string;
  readonly migrations: readonly string[];
  /** entries of the log in the snapshot */
  readonly entries: number;
  /** tables that no migration creates, in the order of their creation */
  readonly extra: readonly TableDefinition[];
}

export interface ArchiveEnd {
  readonly tables: number;
  readonly rows: number;
}

export interface TableStart {
  /** qualified and quoted */
  readonly name: string;
  /** quoted */
  readonly columns: readonly string[];
}

export type Frame =
  | { readonly kind: 'head'; readonly value: ArchiveHead }
  | { readonly kind: 'table'; readonly value: TableStart }
  | { readonly kind: 'data'; readonly value: Uint8Array }
  | { readonly kind: 'rows'; readonly value: number }
  | { readonly kind: 'end'; readonly value: ArchiveEnd };

const kinds = ['head', 'table', 'data', 'rows', 'end'] as const;

export function encodeFrame(frame: Frame): Buffer {
  const payload = frame.kind === 'data' ? frame.value : Buffer.from(JSON.stringify(frame.value));
  const start = Buffer.alloc(5);
  start[0] = kinds.indexOf(frame.kind);
  start.writeUInt32BE(payload.length, 1);
  return Buffer.concat([start, payload]);
}

/** @throws Problem backup_unreadable unless there are complete frames up to `end` */
export async function* decodeFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<Frame, void> {
  let held: Buffer = Buffer.alloc(0);
  let ended = false;
  for await (const part of source) {
    held = held.length === 0 ? Buffer.from(part) : Buffer.concat([held, part]);
    let at = 0;
    while (held.length - at >= 5) {
      const length = held.readUInt32BE(at + 1);
      if (held.length - at - 5 < length) break;
      const frame = decoded(held[at] ?? 0, held.subarray(at + 5, at + 5 + length));
      if (ended) throw new Problem('backup_unreadable', { reason: 'frame after end' });
      ended = frame.kind === 'end';
      yield frame;
      at += 5 + length;
    }
    held = held.subarray(at);
  }
  if (!ended || held.length > 0) throw new Problem('backup_unreadable', { reason: 'no end' });
}

/** The archive comes from a hub with the backup key, so its JSON is trusted. */
function decoded(kind: number, payload: Buffer): Frame {
  const name = kinds[kind];
  if (name === undefined)
    throw new Problem('backup_unreadable', { reason: { zh: `未知的帧 ${kind}`, en: `frame ${kind}` } });
  if (name === 'data') return { kind: 'data', value: payload };
  return { kind: name, value: JSON.parse(payload.toString('utf8')) as unknown } as Frame;
}
