/**
 * Attachments in an S3-compatible store: one object each, of sealed pieces one after another, uploaded as a multipart upload with the parts
 * that the sender sent. Record and offset are in the database; a part counts once its record is committed.
 */
import { createHash } from 'node:crypto';
import { Semaphore } from '../../../machine/semaphore.ts';
import { Problem } from '../../../terms/problem.ts';
import type { S3Place } from '../../platform/config/hubConfig.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { withTransaction } from '../../platform/database/transaction.ts';
import { sealBytes } from '../sealer.ts';
import { attachmentsBusy } from './attachmentsBusy.ts';
import { markedAt, verifyMarker, writeNewMarker } from './bucketMarker.ts';
import { maxAttempts, openClient, type OpenedClient, type UploadPage } from './s3Client.ts';
import { takePlace } from './store/storagePlaces.ts';
import {
  partBytes,
  pieceBytes,
  type AttachmentStorage,
  type StoredObject,
  type StoredPlace,
} from './store/storage.ts';

/** Bytes of a sealed piece; only the last one of an object has fewer. */
const sealedPiece = pieceBytes + sealBytes;
/** Parts on their way to the store; each is in memory once more. Others wait for a limited time. */
const partsAtOnce = 4;
const maxWaiting = 32;
const maxWaitMs = 30_000;

/** Milliseconds after which the marker is read again before something is written or deleted: another hub may have claimed the bucket. */
const verifiedForMs = 60_000;

/** Unfinished uploads of one listing. */
const maxUnfinished = 10_000;

export class S3Storage implements AttachmentStorage {
  readonly name = 's3';
  private readonly pool: Pool;
  private readonly place: S3Place;
  private readonly parts = new Semaphore(partsAtOnce);
  /** parts on their way, by id and first piece */
  private readonly sending = new Map<string, Promise<boolean>>();
  private opened: Promise<OpenedClient> | undefined;
  /** the last check, and when it began */
  private verified: { readonly check: Promise<void>; readonly at: number } | undefined;

  constructor(pool: Pool, place: S3Place) {
    this.pool = pool;
    this.place = place;
  }

  async begin(id: string): Promise<string> {
    await this.verifiedLately();
    const { UploadId } = await this.send(({ sdk, client }) =>
      client.send(new sdk.CreateMultipartUploadCommand(this.of(id))),
    );
    if (UploadId === undefined) throw unavailable(new Error('the store began no upload'));
    return UploadId;
  }

  /**
   * A part that is sent again during its transfer waits for that transfer and stores nothing: the store keeps only the last transfer, which
   * might not be the recorded one.
   */
  async put(...part: Parameters<AttachmentStorage['put']>): Promise<boolean> {
    const [{ id }, { first }] = part;
    const name = `${id} ${first}`;
    const running = this.sending.get(name);
    if (running !== undefined) {
      await running.catch(() => undefined);
      return false;
    }
    const sent = this.sendPart(...part).finally(() => this.sending.delete(name));
    this.sending.set(name, sent);
    return sent;
  }

  private sendPart(
    ...[place, { first, sealed }, advance]: Parameters<AttachmentStorage['put']>
  ): Promise<boolean> {
    return this.parts.runWithin({ maxWaitMs, maxWaiting }, attachmentsBusy, async () => {
      await this.verifiedLately();
      const body = Buffer.concat(sealed());
      const { ETag } = await this.send(({ sdk, client }) =>
        client.send(
          new sdk.UploadPartCommand({
            ...this.of(place.id),
            UploadId: place.upload,
            PartNumber: numberOf(first),
            Body: body,
            ContentMD5: createHash('md5').update(body).digest('base64'),
          }),
        ),
      );
      if (ETag === undefined) throw unavailable(new Error('the store named no part'));
      return withTransaction(this.pool, (transaction) => advance(transaction, ETag));
    });
  }

  /** @throws Problem attachment_parts_differ where a part in the store differs from the recorded one: two transfers of that part ran at once */
  async complete(place: StoredPlace, tags: readonly string[], size: number): Promise<void> {
    await this.verifiedLately();
    const Parts = tags.map((ETag, i) => ({ ETag, PartNumber: i + 1 }));
    try {
      await this.requested(({ sdk, client }) =>
        client.send(
          new sdk.CompleteMultipartUploadCommand({
            ...this.of(place.id),
            UploadId: place.upload,
            MultipartUpload: { Parts },
          }),
        ),
      );
    } catch (error) {
      // it was completed before: by a call whose answer was lost
      if ((await this.sizeOf(place.id)) === size) return;
      if (nameOf(error) === 'InvalidPart') throw new Problem('attachment_parts_differ', {}, { cause: error });
      throw problemOf(error);
    }
  }

  /** Continues after a broken connection, from the piece that is missing. */
  async *read(place: StoredPlace, from: number, to: number): AsyncGenerator<Uint8Array> {
    for (let [at, failures] = [from, 0]; at < to;) {
      try {
        for await (const piece of this.pieces(place.id, at, to)) {
          yield piece;
          at += 1;
          failures = 0;
        }
        if (at < to) throw new Error('the object ends early');
      } catch (error) {
        failures += 1;
        if (isMissing(error) || failures >= maxAttempts) throw problemOf(error, place.id);
      }
    }
  }

  /**
   * Runs before its record is deleted. If that fails, the next attempt finds no bytes, which is no error. Bytes that no record names are
   * removed by the sweep.
   */
  async remove(_transaction: unknown, { id, upload }: StoredPlace): Promise<void> {
    await this.verifiedLately();
    await this.send(async ({ sdk, client }) => {
      const unfinished = { ...this.of(id), UploadId: upload };
      // an object that `list` returned has no upload
      if (upload !== '')
        await client.send(new sdk.AbortMultipartUploadCommand(unfinished)).catch(ignoring(404, 405, 501));
      await client.send(new sdk.DeleteObjectCommand(this.of(id)));
    });
  }

  /** Objects and unfinished uploads, one page. */
  async list(after: string | undefined): Promise<{
    readonly objects: readonly StoredObject[];
    readonly next: string | undefined;
  }> {
    const { bucket: Bucket, prefix: Prefix } = this.place;
    return this.send(async (opened) => {
      const { sdk, client } = opened;
      const StartAfter = after === undefined ? {} : { StartAfter: `${Prefix}${after}` };
      const page = await client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix, ...StartAfter }));
      // a store that cannot list them removes them by its own rule
      const uploads = after === undefined ? await this.unfinished(opened).catch(ignoring(405, 501)) : [];
      const objects = (page.Contents ?? []).map(({ Key = '', LastModified, Size }) => ({
        id: Key.slice(Prefix.length),
        upload: '',
        at: LastModified?.getTime() ?? Infinity,
        ...(Size === undefined ? {} : { size: Size }),
      }));
      return {
        objects: [...objects, ...(uploads ?? [])],
        next: page.IsTruncated === true ? objects.at(-1)?.id : undefined,
      };
    });
  }

  /**
   * @throws Problem attachment_storage_unavailable where the bucket does not answer, or not to this key; attachment_storage_differs where
   * it is not the one that this hub uses
   */
  async check(): Promise<void> {
    const check = this.send((opened) => verifyMarker(this.pool, this.place, opened));
    const verified = { check, at: performance.now() };
    this.verified = verified;
    try {
      await check;
    } catch (error) {
      if (this.verified === verified) this.verified = undefined;
      throw error;
    }
  }

  /** Nothing is written or deleted in a bucket that was not verified within the last minute. */
  private async verifiedLately(): Promise<void> {
    const { verified } = this;
    if (verified === undefined || performance.now() - verified.at > verifiedForMs) await this.check();
    else await verified.check;
  }

  claimedAt(): Promise<number> {
    return this.send((opened) => markedAt(this.place, opened));
  }

  /**
   * Claims the bucket for this hub. A marker that cannot be written leaves the claim as it was, without an entry; a claim is never in force
   * without its entry.
   * @param owner of the tables @param decided makes the entry durable
   */
  async claim(owner: Reader, decided: () => Promise<void>): Promise<void> {
    const hub = await this.send((opened) => writeNewMarker(this.place, opened));
    await decided();
    await takePlace(owner, this.place, hub);
  }

  async close(): Promise<void> {
    const opened = await this.opened?.catch(() => undefined);
    opened?.client.destroy();
  }

  private of(id: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.place.bucket, Key: `${this.place.prefix}${id}` };
  }

  /** Unfinished uploads: at most `maxUnfinished`, the next sweep has the rest. */
  private async unfinished({ sdk, client }: OpenedClient): Promise<readonly StoredObject[]> {
    const { bucket: Bucket, prefix: Prefix } = this.place;
    const found: StoredObject[] = [];
    for (let after: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {}; after !== undefined;) {
      const page: UploadPage = await client.send(
        new sdk.ListMultipartUploadsCommand({ Bucket, Prefix, ...after }),
      );
      for (const { Key = '', UploadId = '', Initiated } of page.Uploads ?? [])
        found.push({
          id: Key.slice(Prefix.length),
          upload: UploadId,
          at: Initiated?.getTime() ?? Infinity,
        });
      const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
      const isLast = page.IsTruncated !== true || KeyMarker === undefined || found.length >= maxUnfinished;
      after = isLast ? undefined : { KeyMarker, ...(UploadIdMarker === undefined ? {} : { UploadIdMarker }) };
    }
    return found;
  }

  private async *pieces(id: string, from: number, to: number): AsyncGenerator<Uint8Array> {
    const Range = `bytes=${from * sealedPiece}-${to * sealedPiece - 1}`;
    const { Body } = await this.requested(({ sdk, client }) =>
      client.send(new sdk.GetObjectCommand({ ...this.of(id), Range })),
    );
    const piece = Buffer.allocUnsafe(sealedPiece);
    let filled = 0;
    for await (const chunk of Body ?? []) {
      for (let at = 0; at < (chunk as Buffer).length;) {
        const copied = (chunk as Buffer).copy(piece, filled, at);
        [at, filled] = [at + copied, filled + copied];
        if (filled < sealedPiece) continue;
        yield piece;
        filled = 0;
      }
    }
    if (filled > 0) yield piece.subarray(0, filled);
  }

  private async sizeOf(id: string): Promise<number | undefined> {
    const head = await this.send(({ sdk, client }) =>
      client.send(new sdk.HeadObjectCommand(this.of(id))).catch(ignoring(404)),
    );
    return head?.ContentLength;
  }

  /** @throws Problem attachment_storage_unavailable, attachment_bytes_missing, attachment_not_open */
  private async send<T>(work: (opened: OpenedClient) => Promise<T>): Promise<T> {
    try {
      return await this.requested(work);
    } catch (error) {
      throw problemOf(error);
    }
  }

  private async requested<T>(work: (opened: OpenedClient) => Promise<T>): Promise<T> {
    this.opened ??= openClient(this.place);
    const opened = await this.opened.catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return work(opened);
  }
}

/** Parts begin with 1. */
const numberOf = (firstPiece: number): number => (firstPiece * pieceBytes) / partBytes + 1;

interface StoreError {
  readonly name?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}
const nameOf = (error: unknown): unknown => (error as StoreError).name;
const statusOf = (error: unknown): number | undefined => (error as StoreError).$metadata?.httpStatusCode;
const isMissing = (error: unknown): boolean => nameOf(error) === 'NoSuchKey' || statusOf(error) === 404;

const ignoring =
  (...statuses: readonly number[]) =>
  (error: unknown): undefined => {
    if (!statuses.includes(statusOf(error) ?? 0)) throw error;
  };

const unavailable = (cause: unknown): Problem => new Problem('attachment_storage_unavailable', {}, { cause });
/** @param attachment whose bytes were read */
function problemOf(error: unknown, attachment = ''): Problem {
  if (error instanceof Problem) return error;
  // the store ended the upload: by a lifecycle rule of the bucket, or an administrator did
  if (nameOf(error) === 'NoSuchUpload') return new Problem('attachment_not_open', {}, { cause: error });
  return nameOf(error) === 'NoSuchKey'
    ? new Problem('attachment_bytes_missing', { attachment }, { cause: error })
    : unavailable(error);
}
