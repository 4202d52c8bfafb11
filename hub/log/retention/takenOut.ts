/** The entries of a unit, taken out to a file before they go: a pack that anybody verifies with the log's public key. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../../../machine/writeDurably.ts';
import { destructionUnit } from '../../../log/destruction.ts';
import { exportPack } from '../evidence/exportPack.ts';
import type { LogAccess } from '../evidence/logAccess.ts';

/**
 * Durably. @param first index of the unit's first entry
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
  await writeDurably(file, text);
  return createHash('sha256').update(text).digest('hex');
}
