/** The bucket of attachments, for commands on the hub's machine. */
import { compareObjects } from './compareObjects.ts';
import { S3Storage } from './s3Storage.ts';
import { countInS3, type Compared } from './store/missing.ts';
import { claimedPlace, disownPlace, isGivenUp } from './store/storagePlaces.ts';
import { hubDraft } from '../../log/hubDraft.ts';
import { openAuditLog, type AuditLogOptions } from '../../log/openAuditLog.ts';
import type { HubConfig } from '../../platform/config/hubConfig.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Reader } from '../../platform/database/reader.ts';

/** What a database and its bucket have in common. `missing` is absent where `attachments.s3` is not configured. */
export interface BucketState extends Pick<Compared, 'inBucket' | 'first'> {
  readonly missing?: number;
}

/** Compares the records of a database with the bucket, and changes neither. @throws Problem attachment_storage_unavailable */
export async function bucketState(
  { app, now }: Pick<Database, 'app' | 'now'>,
  { attachments: { s3 } }: Pick<HubConfig, 'attachments'>,
): Promise<BucketState> {
  const inBucket = await countInS3(app);
  if (s3 === undefined || inBucket === 0)
    return { inBucket, first: [], ...(inBucket === 0 ? { missing: 0 } : {}) };
  const storage = new S3Storage(app, s3);
  try {
    return await compareObjects(app, storage, now());
  } finally {
    await storage.close();
  }
}

/** A restored database gives up its claim of the bucket: the hub that it is a copy of may still use it. @param owner of the tables */
export const disownBucket = (owner: Reader): Promise<void> => disownPlace(owner);

/** Whether a restore gave up the claim of the bucket, and no operator has claimed it since. */
export const isBucketDisowned = async ({ app }: Pick<Database, 'app'>): Promise<boolean> =>
  isGivenUp(await claimedPlace(app));

/**
 * The operator's decision that this hub uses the bucket from now on. The decision is the next entry of the log, and takes effect after it; a
 * hub that used the bucket before neither uploads nor deletes there any more. Where the marker cannot be written, nothing is decided. Where
 * the entry cannot, or the command ends before the claim is recorded, no hub uploads or deletes there until the command is repeated.
 * @throws Problem attachment_storage_unavailable; TypeError where `attachments.s3` is not configured
 */
export async function claimBucket(
  options: AuditLogOptions,
  config: Pick<HubConfig, 'attachments'>,
): Promise<BucketState> {
  const { database } = options;
  const { s3 } = config.attachments;
  if (s3 === undefined) throw new TypeError('no bucket is configured');
  const state = await bucketState(database, config);
  const storage = new S3Storage(database.app, s3);
  try {
    const log = await openAuditLog(options);
    try {
      const { inBucket, missing = 0 } = state;
      const change = { bucket: s3.bucket, prefix: s3.prefix, inBucket, missing };
      await storage.claim(database.owner, async () => {
        await log.append(hubDraft('claimBucket', database.now(), change));
      });
    } finally {
      await log.close();
    }
  } finally {
    await storage.close();
  }
  return state;
}
