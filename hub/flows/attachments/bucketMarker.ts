/**
 * The marker of a bucket: the object `hub` under the prefix has the id that the database of its hub has too. Two hubs that are configured
 * with one bucket and prefix would otherwise delete each other's objects, and a changed bucket would have nothing to delete.
 */
import { randomUUID } from 'node:crypto';
import { Problem } from '../../../terms/problem.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { ObjectPage, OpenedClient } from './s3Client.ts';
import {
  claimedPlace,
  claimPlace,
  hasAttachmentsInS3,
  isGivenUp,
  movePlace,
  type BucketPlace,
} from './store/storagePlaces.ts';
import { isAttachmentName } from './store/storage.ts';
import { unknownAttachments } from './store/unused.ts';

const markerName = 'hub';
/** Bytes of the marker that are read: more than its id has. */
const maxMarkerBytes = 64;

/**
 * Compares the marker with the database. Writes it where the bucket has none and no other hub's objects.
 * @throws Problem attachment_storage_differs where the bucket is another hub's or another bucket, or the claim was given up
 */
export async function verifyMarker(pool: Pool, place: BucketPlace, opened: OpenedClient): Promise<void> {
  const claimed = await claimedPlace(pool);
  if (isGivenUp(claimed)) throw new Problem('attachment_storage_differs');
  const found = await readMarker(place, opened);
  const isSame = claimed !== undefined && isSamePlace(claimed, place);
  if (found !== undefined) {
    if (found !== claimed?.hub) throw new Problem('attachment_storage_differs');
    if (!isSame) await movePlace(pool, place);
    return;
  }
  // a new place without a marker has none of the claimed objects
  if (claimed !== undefined && !isSame) throw new Problem('attachment_storage_differs');
  if (!(await isOwn(pool, place, opened))) throw new Problem('attachment_storage_differs');
  await writeMarker(place, opened, await claimPlace(pool, place, randomUUID()));
}

/**
 * Marks a bucket with an id that no database has yet, also where its marker is of another hub: from then on no hub writes or deletes there.
 * @returns the id
 */
export async function writeNewMarker(place: BucketPlace, opened: OpenedClient): Promise<string> {
  const hub = randomUUID();
  await writeMarker(place, opened, hub);
  return hub;
}

/** When the marker was written, Unix milliseconds by the clock of the store: at the claim, or when the bucket was moved. */
export async function markedAt(place: BucketPlace, { sdk, client }: OpenedClient): Promise<number> {
  const { LastModified } = await client.send(new sdk.HeadObjectCommand(markerOf(place)));
  return LastModified?.getTime() ?? Infinity;
}

async function writeMarker(place: BucketPlace, { sdk, client }: OpenedClient, hub: string): Promise<void> {
  await client.send(new sdk.PutObjectCommand({ ...markerOf(place), Body: Buffer.from(hub) }));
}

const isSamePlace = (one: BucketPlace, other: BucketPlace): boolean =>
  one.endpoint === other.endpoint && one.bucket === other.bucket && one.prefix === other.prefix;

const markerOf = ({ bucket, prefix }: BucketPlace) => ({ Bucket: bucket, Key: `${prefix}${markerName}` });

/** @returns undefined where there is none */
async function readMarker(place: BucketPlace, { sdk, client }: OpenedClient): Promise<string | undefined> {
  const Range = `bytes=0-${maxMarkerBytes - 1}`;
  try {
    const { Body } = await client.send(new sdk.GetObjectCommand({ ...markerOf(place), Range }));
    let text = '';
    for await (const chunk of Body ?? []) {
      text += (chunk as Buffer).toString('latin1', 0, maxMarkerBytes);
      // of a store that ignores the range
      if (text.length >= maxMarkerBytes) break;
    }
    return text.trim();
  } catch (error) {
    if ((error as { name?: unknown }).name === 'NoSuchKey') return undefined;
    throw error;
  }
}

/** Whether a bucket without a marker may be claimed: all of its objects have records here, and it is not empty while records exist. */
async function isOwn(pool: Pool, { bucket, prefix }: BucketPlace, opened: OpenedClient): Promise<boolean> {
  const { sdk, client } = opened;
  let isEmpty = true;
  // the newest objects, which another hub may have stored, are on the last page
  for (let after: string | undefined = ''; after !== undefined;) {
    const from = after === '' ? {} : { StartAfter: after };
    const page: ObjectPage = await client.send(
      new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...from }),
    );
    const keys = (page.Contents ?? []).map(({ Key = '' }) => Key);
    const ids = keys.map((key) => key.slice(prefix.length)).filter(isAttachmentName);
    if (ids.length > 0) isEmpty = false;
    if ((await unknownAttachments(pool, ids)).length > 0) return false;
    after = page.IsTruncated === true ? keys.at(-1) : undefined;
  }
  return !isEmpty || !(await hasAttachmentsInS3(pool));
}
