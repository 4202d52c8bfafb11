/** The entries of a unit, taken out to a file before they go: a pack that anybody verifies with the log's public key. */
import { createHash } from 'node:crypto';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { destructionUnit } from '../../../log/destruction.ts';
import { exportPack } from '../evidence/exportPack.ts';
import type { LogAccess } from '../evidence/logAccess.ts';

/**
 * Written beside, fsynced and moved into place. @param first index of the unit's first entry
 * @returns hex SHA-256 of the file; undefined where the entries do not lead to the signed root
 */
export async function takeOut(access: LogAccess, first: number, folder: string): Promise<string | undefined> {
  const last = first + destructionUnit - 1;
  const pack = await exportPack(access, { from: first, to: last, compact: true });
  // a range is given only where it leads to the signed root
  if (pack.ranges?.[0]?.leaves.length !== destructionUnit) return undefined;
  const text = `${JSON.stringify(pack)}\n`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `entries-${first}-${last}.json`);
  const draft = `${file}.${process.pid}`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  const place = await open(folder);
  await place.sync().finally(() => place.close());
  return createHash('sha256').update(text).digest('hex');
}
