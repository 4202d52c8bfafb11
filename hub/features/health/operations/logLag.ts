/** How far those who follow the log are behind it, in entries. Each is a count in an index: metrics ask for it every few seconds. */
import { openPass } from '../../../log/evidence/reverifyPortion.ts';
import { chunkSize } from '../../../log/search/places.ts';
import type { HubKeys } from '../../../platform/keys/hubKeys.ts';
import { countUnposted } from '../../../log/store/postings.ts';
import { countTiles, tileWidth } from '../../../log/store/tiles.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { stateOfJob } from '../../../platform/jobs/store/jobs.ts';

/** Entries of full tiles of hashes that are not derived yet. @param size of the log */
export const tilesBehind = async (reader: Reader, size: number): Promise<number> =>
  (Math.floor(size / tileWidth) - (await countTiles(reader, 0, Math.floor(size / tileWidth)))) * tileWidth;

/** Entries of whole chunks that the search index does not have: it has not reached them, or somebody took them out. */
export const indexBehind = async (reader: Reader): Promise<number> =>
  (await countUnposted(reader)) * chunkSize;

/** Entries that the reading of the whole log which is under way has yet to verify; NaN before the first one. */
export async function verificationBehind(
  reader: Reader,
  { headMac }: Pick<HubKeys, 'headMac'>,
): Promise<number> {
  const pass = openPass((await stateOfJob(reader, 'reverifyLog'))?.state, headMac);
  return pass === undefined ? NaN : pass.goal.size - pass.next;
}
