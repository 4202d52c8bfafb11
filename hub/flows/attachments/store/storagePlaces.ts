/** The bucket that this hub claimed for attachments, and which attachments are in a storage. */
import type { Reader } from '../../../platform/database/reader.ts';

/** A bucket, by address and prefix. */
export interface BucketPlace {
  readonly endpoint: string;
  readonly bucket: string;
  readonly prefix: string;
}

/** The id of a claim that was given up: no bucket has it, and none is claimed before the operator does so. */
const givenUp = '00000000-0000-0000-0000-000000000000';

/** Whether a claim was given up, so that only the operator's decision makes another one. */
export const isGivenUp = (claimed: { readonly hub: string } | undefined): boolean => claimed?.hub === givenUp;

/** @returns the claimed bucket with the id in its marker */
export async function claimedPlace(
  reader: Reader,
): Promise<(BucketPlace & { readonly hub: string }) | undefined> {
  const { rows } = await reader.query<BucketPlace & { hub: string }>(
    "SELECT endpoint, bucket, prefix, hub FROM attachment_place WHERE storage = 's3'",
  );
  return rows[0];
}

/** Records a claim. @returns the id of the claim that is recorded: an earlier one remains */
export async function claimPlace(reader: Reader, place: BucketPlace, hub: string): Promise<string> {
  await reader.query(
    "INSERT INTO attachment_place (storage, endpoint, bucket, prefix, hub) VALUES ('s3', $1, $2, $3, $4) ON CONFLICT (storage) DO NOTHING",
    [place.endpoint, place.bucket, place.prefix, hub],
  );
  return (await claimedPlace(reader))?.hub ?? hub;
}

/** Records where a claimed bucket was moved to, with its marker. */
export async function movePlace(reader: Reader, place: BucketPlace): Promise<void> {
  await reader.query(
    "UPDATE attachment_place SET endpoint = $1, bucket = $2, prefix = $3 WHERE storage = 's3'",
    [place.endpoint, place.bucket, place.prefix],
  );
}

/**
 * Gives up the claim of a restored database: the hub that it is a copy of may have gone on, and use the bucket. Nothing is written or
 * deleted there until an operator claims it, also where the marker is lost. @param owner of the tables
 */
export async function disownPlace(owner: Reader): Promise<void> {
  // an archive of an earlier release has no such table
  const { rows } = await owner.query<{ isThere: boolean }>(
    `SELECT to_regclass('public.attachment_place') IS NOT NULL AS "isThere"`,
  );
  if (rows[0]?.isThere !== true) return;
  await owner.query("UPDATE attachment_place SET hub = $1 WHERE storage = 's3'", [givenUp]);
}

/** Records a claim in place of an earlier one. @param owner of the tables @param hub its id */
export async function takePlace(owner: Reader, place: BucketPlace, hub: string): Promise<void> {
  await owner.query(
    `INSERT INTO attachment_place (storage, endpoint, bucket, prefix, hub) VALUES ('s3', $1, $2, $3, $4)
     ON CONFLICT (storage) DO UPDATE SET endpoint = excluded.endpoint, bucket = excluded.bucket, prefix = excluded.prefix, hub = excluded.hub`,
    [place.endpoint, place.bucket, place.prefix, hub],
  );
}

/** Whether any attachment of this hub is in the object store. */
export async function hasAttachmentsInS3(reader: Reader): Promise<boolean> {
  const { rows } = await reader.query("SELECT 1 FROM attachment WHERE storage = 's3' LIMIT 1");
  return rows.length > 0;
}
