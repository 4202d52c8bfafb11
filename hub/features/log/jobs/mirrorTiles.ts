/**
 * Writes checkpoint and hash tiles to a folder for external mirrors (C2SP tlog-tiles). They contain no entries, and suffice to verify that
 * the log only grows. Only auditors get entries. The checkpoint is written last, so that a mirror finds every tile it needs, also after a power
 * cut: a later run writes no tile that the checkpoint covers.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolderAsync } from '../../../../machine/writeDurably.ts';
import { openCheckpoint } from '../../../../log/checkpoint.ts';
import { tilePath, tilesSince } from '../../../../log/missing.ts';
import { Problem } from '../../../../terms/problem.ts';
import { hashesBelow } from '../../../log/deriveTiles.ts';
import { newestCheckpoint, type LogAccess } from '../../../log/evidence/logAccess.ts';
import { newestCosigned } from '../../../log/store/cosignatures.ts';
import { tileWidth } from '../../../log/store/tiles.ts';
import type { Job } from '../../../platform/jobs/job.ts';

export const mirrorTiles = (access: LogAccess, folder: string): Job => ({
  name: 'mirrorTiles',
  every: 60_000,
  lease: 300_000,
  run: async (run) => {
    const head = newestCheckpoint(access);
    const from = await mirrored(access, folder);
    if (head.size <= from) return {};
    const folders = new Set([folder]);
    for (const { level, index, hashes } of tilesSince(from, head)) {
      if (run.signal.aborted) return {};
      const first = index * tileWidth;
      const read = await hashesBelow(access.database.app, level, first, first + hashes);
      const whole = read.flatMap((hash) => hash ?? []);
      // tiles of a level need those below it, which are derived as entries arrive: the next run has them
      if (whole.length < hashes) return {};
      const tile = tilePath(level, index, hashes === tileWidth ? undefined : hashes);
      await writeWhole(join(folder, tile), Buffer.concat(whole));
      for (let parent = dirname(tile); parent !== '.'; parent = dirname(parent))
        folders.add(join(folder, parent));
    }
    await writeWhole(join(folder, 'log-keys.json'), keysText(access));
    for (const one of folders) await syncFolderAsync(one);
    await writeWhole(join(folder, 'checkpoint'), head.note);
    const cosigned = await newestCosigned(access.database.app);
    if (cosigned !== undefined)
      await writeWhole(join(folder, 'checkpoint.cosigned'), `${cosigned.note}${cosigned.lines.join('')}`);
    await syncFolderAsync(folder);
    return {};
  },
});

/** Lets mirrors from before a key change verify the new key; the members are those of anchors.json. */
const keysText = ({ keys: { log } }: LogAccess): string =>
  `${JSON.stringify({ origin: log.name, logKeys: [log.vkey], logKeyRotations: log.rotations() })}\n`;

/** Number of entries of the tree in the folder; 0 if it contains none of this log. */
async function mirrored({ keys }: LogAccess, folder: string): Promise<number> {
  try {
    const note = await readFile(join(folder, 'checkpoint'), 'utf8');
    return openCheckpoint(note, keys.log.verifiers()).size;
  } catch (error) {
    if (error instanceof Problem || (error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

/** Writes to a temporary file and renames it once it is on the disk: no reader sees half a file, and no power cut leaves one. */
async function writeWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.new`;
  await writeFile(draft, bytes, { flush: true });
  await rename(draft, path);
}
