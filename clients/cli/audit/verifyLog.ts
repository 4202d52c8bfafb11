/** Verifies the whole log of a running hub on this machine: every entry is fetched, hashed, and compared with the signed root. */
import { fromBase64 } from '../../../log/base64.ts';
import { openCheckpoint, type Checkpoint } from '../../../log/checkpoint.ts';
import { logFinding, type LogFinding } from '../../../log/finding.ts';
import type { NoteVerifier } from '../../../log/note/noteKey.ts';
import { EntriesCheck, type ListedEntry } from '../../../log/pack/verifyEntries.ts';
import type { NamedText } from '../../../log/pack/verifyPack.ts';
import { Problem } from '../../../terms/problem.ts';
import { destroyedIn, type DestroyedHere } from './extents.ts';
import type { StaffReader } from './staffReader.ts';
import { defined } from '../../../terms/defined.ts';

const pageSize = 1000;

export interface LogCheck {
  readonly findings: readonly LogFinding[];
  readonly checkpoint?: Checkpoint;
  /** entries that were destroyed */
  readonly destroyed?: number;
}

/** @param retained checkpoints from outside, with the files they come from */
export async function verifyLog(
  hub: Pick<StaffReader, 'ask'>,
  keys: readonly NoteVerifier[],
  retained: readonly NamedText[],
): Promise<LogCheck> {
  const check = new EntriesCheck();
  const destroyed = await destroyedIn(hub);
  // the log grows while it is read: the first page's checkpoint is the one verified
  let target: Checkpoint | undefined;
  do {
    const page = await hub.ask('GET', `/v1/log/entries?from=${check.size}&limit=${pageSize}`);
    try {
      target ??= openCheckpoint(String(page['checkpoint']), keys);
    } catch (why) {
      if (!(why instanceof Problem)) throw why;
      return { findings: [logFinding('checkpoint_invalid', { why })] };
    }
    const before = check.size;
    const goOn = (end: number): void => {
      for (const hash of destroyed.from(check.size, end)) check.addDestroyed(hash);
    };
    for (const entry of listedEntries(page['entries'])) {
      goOn(Math.min(entry.index, target.size));
      if (check.size >= target.size) continue;
      if (!check.add(entry)) return ended(check, target, keys, { retained, destroyed });
      destroyed.see(entry.index, entry.leaf);
    }
    goOn(target.size);
    if (check.size === before) break;
  } while (check.size < target.size);
  return ended(check, target, keys, { retained, destroyed });
}

const ended = (
  check: EntriesCheck,
  checkpoint: Checkpoint,
  keys: readonly NoteVerifier[],
  { retained, destroyed }: { readonly retained: readonly NamedText[]; readonly destroyed: DestroyedHere },
): LogCheck => ({
  findings: [...check.finish(checkpoint, keys, retained), ...destroyed.findings()],
  checkpoint,
  destroyed: destroyed.count,
});

/** A page's entries; the first invalid one ends the list. */
function listedEntries(value: unknown): ListedEntry[] {
  const entries: ListedEntry[] = [];
  for (const one of Array.isArray(value) ? (value as unknown[]) : []) {
    if (typeof one !== 'object' || one === null) break;
    const { index, leaf, hash, columns } = one as Record<string, unknown>;
    const bytes = typeof leaf === 'string' ? fromBase64(leaf) : undefined;
    if (typeof index !== 'number' || bytes === undefined) break;
    const stored = typeof hash === 'string' ? fromBase64(hash) : undefined;
    entries.push({
      index,
      leaf: bytes,
      ...defined({ hash: stored }),
      ...(columns === 'altered' ? { columnsAltered: true } : {}),
    });
  }
  return entries;
}
