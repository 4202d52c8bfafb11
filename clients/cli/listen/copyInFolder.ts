/** A copy as files: one JSON document a row, in a folder by the first two digits of its name. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWatermark, writeWatermark } from './keptWatermark.ts';
import type { CopyOf, LocalCopy } from './localCopy.ts';

export function copyInFolder(folder: string, of: CopyOf): LocalCopy {
  const state = join(folder, 'copy.json');
  const rows = join(folder, 'rows');
  const made = new Set<string>();
  mkdirSync(folder, { recursive: true, mode: 0o700 });

  function put(row: string, record: unknown): void {
    const shelf = join(rows, row.slice(0, 2));
    if (!made.has(shelf)) mkdirSync(shelf, { recursive: true, mode: 0o700 });
    made.add(shelf);
    const draft = join(shelf, `${row}.new`);
    writeFileSync(draft, `${JSON.stringify(record)}\n`, { mode: 0o600 });
    renameSync(draft, join(shelf, `${row}.json`));
  }

  return {
    watermark: () => Promise.resolve(readWatermark(state, of)),
    async take({ begins, changes, watermark }) {
      if (begins) {
        rmSync(rows, { recursive: true, force: true });
        made.clear();
      }
      for (const { row, record } of changes) {
        if (record === undefined) rmSync(join(rows, row.slice(0, 2), `${row}.json`), { force: true });
        else put(row, record);
      }
      await writeWatermark(state, of, watermark);
    },
    close: () => Promise.resolve(),
  };
}
