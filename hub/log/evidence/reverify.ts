/**
 * Re-verification of single entries: compares bytes with stored hashes, and search columns and subject rows with bytes. The tree protects
 * neither columns nor subject rows, so only this comparison detects their alteration.
 */
import { subjectsCommitment } from '../../../log/commitment.ts';
import { logFinding, type LogFinding } from '../../../log/finding.ts';
import { leafHash, sameHash } from '../../../log/hash.ts';
import type { Commitment, Leaf } from '../../../log/leaf.ts';
import { parseLeaf } from '../../../log/parseLeaf.ts';
import { Problem } from '../../../terms/problem.ts';
import type { StoredEntry } from '../store/entries.ts';
import { keyMark, type EntryColumns } from '../store/flush.ts';
import { scanSubjects } from '../store/subjects.ts';
import type { Pool } from '../../platform/database/database.ts';
import { columnsOf } from '../columns.ts';
import type { SubjectRemainder } from '../erasure.ts';
import { readTiles, tileWidth } from '../store/tiles.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { hashesBelow } from '../deriveTiles.ts';

/** The leaf of an entry, undefined if its bytes are no longer a valid entry. */
export function leafOfEntry({ leaf }: Pick<StoredEntry, 'leaf'>): Leaf | undefined {
  try {
    return parseLeaf(leaf);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** Whether the search columns match the leaf. */
function columnsAgree(leaf: Leaf, stored: StoredEntry): boolean {
  const { columns } = stored;
  const expected = expectedColumns(leaf);
  if (expected === undefined) return false;
  for (const name of columnNames) if (expected[name] !== columns[name]) return false;
  return nonceAgrees(leaf, stored);
}

/** A nonce is stored with the key that signed it. Replays are looked up by both, so neither may be changed or removed alone. */
function nonceAgrees({ actor }: Leaf, { keyid, nonce }: StoredEntry): boolean {
  if (keyid === null || nonce === null) return keyid === nonce;
  // entries of earlier versions store the whole key id
  return actor.keyid !== undefined && (keyid === keyMark(actor.keyid) || keyid === actor.keyid);
}

const columnNames = [
  'id',
  'at',
  'consumer',
  'provider',
  'dataset',
  'decision',
  'code',
] as const satisfies (keyof EntryColumns)[];

/** Undefined for a leaf that no column could store: it was not written through the log. */
function expectedColumns(leaf: Leaf): EntryColumns | undefined {
  try {
    return columnsOf(leaf);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/**
 * Findings about one entry, from its own rows.
 * @param subjects undefined if they were not read @param erased the part that an erasure left @param leaf as `leafOfEntry` reads it
 */
export function entryFindings(
  entry: StoredEntry,
  subjects: readonly HeldSubjects[] | undefined,
  erased?: SubjectRemainder,
  leaf = leafOfEntry(entry),
): LogFinding[] {
  // the column may have been altered: the leaf's own id is reported if it can be read
  const at = { index: entry.index, exchange: leaf?.id ?? entry.columns.id };
  if (!sameHash(leafHash(entry.leaf), entry.hash)) return [logFinding('entry_altered', at)];
  // the stored hash was altered to match; malformed bytes are reported as such, without consequential findings
  if (leaf === undefined) return [logFinding('leaf_malformed', { ...at, why: whyMalformed(entry) })];
  return [
    ...(columnsAgree(leaf, entry) ? [] : [logFinding('columns_altered', at)]),
    ...(subjects === undefined ? [] : subjectFindings(leaf, subjects, erased)).map((code) =>
      logFinding(code, at),
    ),
  ];
}

function whyMalformed({ leaf }: StoredEntry): unknown {
  try {
    parseLeaf(leaf);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** A search misses an entry about persons that has no subject row. A row erased by an entry of the log is not missing. */
export function subjectFindings(
  leaf: Pick<Leaf, 'subjects'> | undefined,
  [row, ...others]: readonly HeldSubjects[],
  erased: SubjectRemainder | undefined,
): readonly ('subjects_missing' | 'subjects_altered')[] {
  const recorded = erased ?? leaf?.subjects;
  const expected = recorded === undefined || recorded.count === 0 ? undefined : recorded;
  if (row === undefined) return expected === undefined ? [] : ['subjects_missing'];
  const agree =
    others.length === 0 && expected?.count === row.count && expected.commitment === row.commitment;
  return agree ? [] : ['subjects_altered'];
}

/** Count and commitment of a subject row. */
export interface HeldSubjects {
  readonly count: number;
  readonly commitment: Commitment;
}

/** The subject rows of entries `from … to − 1`, summarized by the index of their entry. */
export async function heldSubjects(
  pool: Pool,
  from: number,
  to: number,
): Promise<Map<number, HeldSubjects[]>> {
  const held = new Map<number, HeldSubjects[]>();
  await scanSubjects(pool, from, to, ({ index, salt, tokens }) => {
    const one = { count: tokens.length, commitment: subjectsCommitment(tokens, salt) };
    const others = held.get(index);
    if (others === undefined) held.set(index, [one]);
    else others.push(one);
  });
  return held;
}

/** Entries that are missing. */
export function gaps(entries: readonly StoredEntry[], from: number, to: number): LogFinding[] {
  if (entries.length === to - from) return [];
  const present = new Set(entries.map((entry) => entry.index));
  const missing: LogFinding[] = [];
  for (let index = from; index < to; index += 1) {
    if (!present.has(index)) missing.push(logFinding('entry_missing', { index }));
  }
  return missing;
}

/* Tiles are derived data that only the entries can verify. An altered tile would invalidate every proof through it. */

/**
 * Altered tiles among those whose last entry is one of `from … to − 1`, each named by its first entry.
 * @param entries those of the range, with their stored hashes
 */
export async function tileFindings(
  reader: Reader,
  from: number,
  to: number,
  entries: readonly Pick<StoredEntry, 'index' | 'hash'>[],
): Promise<LogFinding[]> {
  const findings: LogFinding[] = [];
  const hashes = new Map(entries.map(({ index, hash }) => [index, hash]));
  for (let level = 0, span = tileWidth; span <= to; level += 1, span *= tileWidth) {
    const [first, end] = [Math.floor(from / span), Math.floor(to / span)];
    for (const [n, tile] of await readTiles(reader, level, first, end)) {
      const start = n * tileWidth;
      // entries before this range were compared with their bytes in an earlier portion
      const below =
        level === 0 && start >= from
          ? tile.map((_, at) => hashes.get(start + at))
          : await hashesBelow(reader, level, start, start + tileWidth);
      const agrees = tile.every((hash, at) => {
        const own = below[at];
        return own === undefined || sameHash(hash, own);
      });
      if (!agrees) findings.push(logFinding('tile_altered', { index: n * span, level }));
    }
  }
  return findings;
}
