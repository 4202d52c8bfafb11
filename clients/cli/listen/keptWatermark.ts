/** A file that says what a copy is of, and which answer was taken over last. */
import { existsSync, readFileSync } from 'node:fs';
import { writeDurably } from '../../../machine/writeDurably.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import type { CopyOf } from './localCopy.ts';

interface Kept extends CopyOf {
  readonly watermark: string;
}

/** @throws VerbFailure where the file is of another copy */
export function readWatermark(path: string, of: CopyOf): string | undefined {
  if (!existsSync(path)) return undefined;
  const kept = keptIn(path);
  const other = Object.entries(of).find(([name, value]) => kept?.[name as keyof CopyOf] !== value);
  if (kept !== undefined && other === undefined) return kept.watermark;
  throw new VerbFailure(
    exitCode.local,
    {
      zh: `${path} 不是这份数据的副本（${other?.[0] ?? 'JSON'} 不同）`,
      en: `${path} belongs to another copy (${other?.[0] ?? 'JSON'} differs)`,
    },
    { zh: '为每个数据资源和共享协议各用一处', en: 'use a place of its own for each dataset and agreement' },
  );
}

/** Replaced at once, on the disk before this ends, and readable by this user alone. */
export async function writeWatermark(path: string, of: CopyOf, watermark: string): Promise<void> {
  await writeDurably(path, `${JSON.stringify({ ...of, watermark } satisfies Kept)}\n`);
}

function keptIn(path: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Kept; // compared member by member
  } catch {
    return undefined;
  }
}
