/**
 * Unfinished submissions of this user: one small file each below DATONG_HOME. It is written before the first byte is sent and removed when
 * the hub has answered the commit. Repeating the command of a killed process continues where that stopped.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { profileHome } from '../profiles/profileHome.ts';

/** Properties by which two submissions are the same. */
export interface Submitted {
  /** origin of the exchange listener */
  readonly hub: string;
  readonly department: string;
  readonly dataset: string;
  readonly mapping: string;
  readonly file: string;
  /** the batch it corrects, if any */
  readonly corrects?: string | undefined;
  /** content of the .cpg file next to it */
  readonly codePage?: string | undefined;
}

export interface Unfinished {
  readonly batch: string;
  /** the idempotency key it was begun with */
  readonly key: string;
  /** of the file then: another size or time is another file */
  readonly size: number;
  readonly modified: number;
}

function placeOf({
  hub,
  department,
  dataset,
  mapping,
  file,
  corrects = '',
  codePage = '',
}: Submitted): string {
  const name = JSON.stringify([hub, department, dataset, mapping, resolve(file), corrects, codePage]);
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 32);
  return join(profileHome(), 'uploads', `${hash}.json`);
}

const stampOf = (file: string): Pick<Unfinished, 'size' | 'modified'> => {
  const { size, mtimeMs } = statSync(file);
  return { size, modified: Math.round(mtimeMs) };
};

/** The unfinished submission of this file; `changed` where the file has changed since. */
export function unfinished(submitted: Submitted): Unfinished | 'changed' | undefined {
  try {
    const stored = JSON.parse(readFileSync(placeOf(submitted), 'utf8')) as Unfinished;
    const { size, modified } = stampOf(submitted.file);
    return stored.size === size && stored.modified === modified ? stored : 'changed';
  } catch {
    return undefined;
  }
}

/** Where this user's home is not writable, a broken submission is resumed with `--batch`. @returns whether it was stored */
export function keepUnfinished(submitted: Submitted, begun: Pick<Unfinished, 'batch' | 'key'>): boolean {
  try {
    const place = placeOf(submitted);
    mkdirSync(join(place, '..'), { recursive: true, mode: 0o700 });
    writeFileSync(place, JSON.stringify({ ...begun, ...stampOf(submitted.file) }), { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}

export const forgetUnfinished = (submitted: Submitted): void => rmSync(placeOf(submitted), { force: true });
