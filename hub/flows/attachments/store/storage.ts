/**
 * Where the bytes of attachments are stored: the database, or an S3-compatible store. A storage sees sealed pieces only. Parts arrive in
 * order, and each has the same number of pieces, except the last.
 */
import type { Transaction } from '../../../platform/database/transaction.ts';

/** Bytes that are sealed together, and that a reader opens at once. */
export const pieceBytes = 256 * 1024;
/** Bytes of every part of an upload but its last. */
export const partBytes = 8 * 1024 * 1024;

export const storageNames = ['database', 's3'] as const;
export type StorageName = (typeof storageNames)[number];

/** Whether an object has the name of an attachment. All others in the bucket are not the hub's. */
export const isAttachmentName = (name: string): boolean =>
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);

/** One attachment in a storage. */
export interface StoredPlace {
  readonly id: string;
  /** what `begin` returned */
  readonly upload: string;
}

/** Bytes that a storage has, by the id of their attachment. */
export interface StoredObject extends StoredPlace {
  /** Unix milliseconds of their last change */
  readonly at: number;
  /** sealed bytes; absent: the storage does not state it, or the upload is not finished */
  readonly size?: number;
}

export interface AttachmentStorage {
  readonly name: StorageName;
  /** Begins an upload. @returns its name in this storage */
  begin(id: string): Promise<string>;
  /**
   * Stores a part. @param first number of its first piece @param sealed its pieces, made when the storage has room for them
   * @param advance records the part, in a transaction; false: another part was
   * recorded in its place @returns what `advance` returned
   */
  put(
    place: StoredPlace,
    part: { readonly first: number; readonly sealed: () => readonly Uint8Array[] },
    advance: (transaction: Transaction, tag: string) => Promise<boolean>,
  ): Promise<boolean>;
  /** Ends an upload, once or again. @throws Problem attachment_parts_differ @param tags of all parts, in their order @param size sealed bytes of all of them */
  complete(place: StoredPlace, tags: readonly string[], size: number): Promise<void>;
  /** Sealed pieces `from` to `to` (exclusive), in order. @throws Problem attachment_bytes_missing */
  read(place: StoredPlace, from: number, to: number): AsyncIterable<Uint8Array>;
  /**
   * Deletes the bytes, or the parts of an upload that did not end; nothing happens where there are none.
   * @param transaction the one that deletes the record
   */
  remove(transaction: Transaction, place: StoredPlace): Promise<void>;
  /**
   * What it has, a page in the order of the ids, with unfinished uploads on the first. Absent: bytes are deleted with their record.
   * @param after the last id of the page before
   */
  list?(after: string | undefined): Promise<{
    readonly objects: readonly StoredObject[];
    readonly next: string | undefined;
  }>;
  /** @throws Problem where it cannot be reached */
  check?(): Promise<void>;
  /** When this hub began to use it, Unix milliseconds; absent: no other hub can have used it. */
  claimedAt?(): Promise<number>;
  close?(): Promise<void>;
}
