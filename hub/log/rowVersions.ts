/**
 * The file outside the database that records the version of the rows of each sealed table, the sum of that version, and which process wrote
 * which version last (`writers.ts`). A table with an older version was restored to an earlier state. Written at most once a second, fsynced,
 * with a MAC.
 */
import { createHmac, randomBytes, type KeyObject } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { readIfPresent } from '../../machine/readIfPresent.ts';
import { writeDurably } from '../../machine/writeDurably.ts';
import { defined } from '../../terms/defined.ts';
import { asIs } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import { formatVersion, isRefusedVersion, refuseLaterVersion } from '../../terms/refuseLaterVersion.ts';
import type { KnownSum, KnownVersions } from '../platform/database/authenticated/seals.ts';
import {
  includes,
  united,
  withoutReplaced,
  type Writers,
} from '../platform/database/authenticated/writers.ts';

export const rowVersionsFile = (stateDir: string): string => join(stateDir, 'row-versions.json');

interface StoredVersions {
  /** absent in files of earlier releases */
  readonly v?: number;
  readonly versions: Readonly<Record<string, number>>;
  readonly mac: string;
  /** of these versions, hexadecimal; absent in files of earlier releases, which ignore it */
  readonly sums?: Readonly<Record<string, string>>;
  /** over versions and sums */
  readonly sumsMac?: string;
  /** what earlier releases ignore, and leave out where they write the file */
  readonly vectors?: Vectors;
  /** over sumsMac and vectors */
  readonly vectorsMac?: string;
}

interface Vectors {
  /** id of the process whose state folder this is, 8 bytes, hexadecimal */
  readonly process: string;
  /** where the folder was (`placeOf`): a copy of it, in another place, gets another id */
  readonly place: string;
  /** by name of a sum */
  readonly writers: Readonly<Record<string, Writers>>;
  /** Unix milliseconds up to which processes of an earlier release may write; absent: there was none when the folder was first used */
  readonly olderUntil?: number;
  /** Unix milliseconds of the last write of the file */
  readonly at: number;
  /** by name of a sum: up to this version, a process of an earlier release left out who wrote what */
  readonly replaced?: Readonly<Record<string, number>>;
}

const writeIntervalMs = 1_000;
/** ms from the first start of this release in a state folder, within which processes of the release before may write */
const upgradeMs = 24 * 3_600_000;
/** Before its end: the first comparisons after a start may come later than it. */
const endMs = 10 * 60_000;

export class RowVersions implements KnownVersions {
  readonly process: string;
  private readonly known: Map<string, KnownSum>;
  private readonly replaced: Map<string, number>;
  private olderUntil: number | undefined;
  /** whether a release without vectors wrote the file; undefined: this release did */
  private readonly isOfOlder: boolean | undefined;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private readonly stateDir: string;
  private readonly isCopy: boolean;
  private readonly key: KeyObject;
  private readonly onError: (error: unknown) => void;

  private constructor(
    { stateDir, place }: { readonly stateDir: string; readonly place: string | undefined },
    key: KeyObject,
    stored: StoredVersions | undefined,
    onError: (error: unknown) => void,
  ) {
    this.stateDir = stateDir;
    this.key = key;
    this.onError = onError;
    this.known = stored === undefined ? new Map<string, KnownSum>() : knownOf(key, stored);
    const { vectors } = stored ?? {};
    this.replaced = new Map(Object.entries(vectors?.replaced ?? {}));
    // two processes with one id would each take what the other wrote for their own
    this.isCopy = vectors?.place !== place;
    this.process = vectors === undefined || this.isCopy ? randomBytes(8).toString('hex') : vectors.process;
    this.olderUntil = vectors?.olderUntil;
    this.isOfOlder = vectors === undefined ? stored !== undefined : undefined;
  }

  /** @throws Problem log_inconsistent when the file is damaged or is another hub's; made_by_later_release, format_version_malformed */
  static async open(
    stateDir: string,
    key: KeyObject,
    onError: (error: unknown) => void,
  ): Promise<RowVersions> {
    const file = rowVersionsFile(stateDir);
    const text = await readIfPresent(file);
    const place = await placeOf(stateDir);
    try {
      const stored = text === undefined ? undefined : (JSON.parse(text) as StoredVersions);
      if (stored !== undefined) refuseLaterVersion(stored, file);
      return new RowVersions({ stateDir, place }, key, stored, onError);
    } catch (cause) {
      if (isRefusedVersion(cause)) throw cause;
      throw new Problem('log_inconsistent', { what: asIs(file) }, { cause });
    }
  }

  /**
   * Begins to use the folder. If it is the first time for this release, processes of an earlier one may still write for a day.
   * @param hasOlderSums whether an earlier release wrote sums of the database
   */
  async begin(hasOlderSums: () => Promise<boolean>): Promise<void> {
    if (this.isCopy) this.scheduleWrite();
    if (this.isOfOlder !== undefined) await this.expectOlder(hasOlderSums);
    const left = (this.olderUntil ?? 0) - Date.now();
    // so that the file shows that this process saw the end (`isStoppedBefore`)
    if (left > 0) setTimeout(() => this.scheduleWrite(), left + writeIntervalMs).unref();
  }

  private async expectOlder(hasOlderSums: () => Promise<boolean>): Promise<void> {
    // the clock of this machine: a database administrator sets that of the database
    if (this.isOfOlder || (await hasOlderSums())) this.olderUntil = Date.now() + upgradeMs;
    this.scheduleWrite();
  }

  isOlderExpected(): boolean {
    return Date.now() < (this.olderUntil ?? 0);
  }

  get(name: string): KnownSum | undefined {
    return this.known.get(name);
  }

  /** Of a version that is known without its sum, the first sum counts. */
  note(name: string, { version, sum, writers: given }: KnownSum, replaced = 0): void {
    const before = this.known.get(name) ?? { version: 0 };
    const least = Math.max(replaced, this.replaced.get(name) ?? 0);
    if (least > 0) this.replaced.set(name, least);
    // a comparison whose snapshot is older may end later: what was replaced does not come back
    const [former, writers] = [before.writers, given].map((one) => one && withoutReplaced(one, least));
    const isNewer = version > before.version;
    const hasSum = version === before.version && before.sum === undefined && sum !== undefined;
    const hasWriters =
      writers !== undefined && (before.writers === undefined || !includes(before.writers, writers));
    if (!isNewer && !hasSum && !hasWriters) return;
    this.known.set(name, {
      ...(isNewer || hasSum ? { version, sum } : { version: before.version, sum: before.sum }),
      writers: hasWriters ? united(former, writers) : before.writers,
    });
    this.scheduleWrite();
  }

  private scheduleWrite(): void {
    this.timer ??= setTimeout(() => void this.flush(), writeIntervalMs).unref();
  }

  /** Writes the recorded versions now. */
  async flush(): Promise<void> {
    if (this.timer !== undefined) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.writing = this.writing.then(() => this.write()).catch((error: unknown) => this.onError(error));
    }
    await this.writing;
  }

  private async write(): Promise<void> {
    const all = [...this.known].sort(([a], [b]) => (a < b ? -1 : 1));
    const versions = Object.fromEntries(all.map(([name, { version }]) => [name, version]));
    const sums = Object.fromEntries(
      all.flatMap(([name, { sum }]) => (sum === undefined ? [] : [[name, sum.toString(16)]])),
    );
    await mkdir(this.stateDir, { recursive: true });
    const vectors: Vectors = {
      process: this.process,
      place: (await placeOf(this.stateDir)) ?? '',
      writers: Object.fromEntries(
        all.flatMap(([name, { writers }]) => (writers === undefined ? [] : [[name, writers]])),
      ),
      at: Date.now(),
      ...defined({ olderUntil: this.olderUntil }),
      ...(this.replaced.size === 0 ? {} : { replaced: Object.fromEntries(this.replaced) }),
    };
    const mac = macOf(this.key, versions);
    const sumsMac = macOfSums(this.key, mac, sums);
    const stored: StoredVersions = {
      v: formatVersion,
      versions,
      mac,
      sums,
      sumsMac,
      vectors,
      vectorsMac: macOfVectors(this.key, sumsMac, vectors),
    };
    await writeDurably(rowVersionsFile(this.stateDir), `${JSON.stringify(stored)}\n`);
  }
}

/** The host and the folder on it. Folders that are copied or restored have another one. @returns undefined: there is no folder */
async function placeOf(stateDir: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(stateDir, { bigint: true });
    return `${hostname()} ${dev}:${ino}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const macOf = (key: KeyObject, versions: StoredVersions['versions']): string =>
  createHmac('sha256', key)
    .update(`datong row versions 1\n${JSON.stringify(versions)}`)
    .digest('base64url');

const macOfSums = (key: KeyObject, mac: string, sums: StoredVersions['sums']): string =>
  createHmac('sha256', key)
    .update(`datong row sums 1\n${mac}\n${JSON.stringify(sums)}`)
    .digest('base64url');

const macOfVectors = (key: KeyObject, sumsMac: string, vectors: Vectors): string =>
  createHmac('sha256', key)
    .update(`datong row vectors 1\n${sumsMac}\n${JSON.stringify(vectors)}`)
    .digest('base64url');

/**
 * Whether the process stopped before the end of an upgrade and starts after it: older processes may have left out what it knew since, and it
 * would take that for a rollback.
 */
const isStoppedBefore = ({ olderUntil, at }: Vectors): boolean =>
  olderUntil !== undefined && at < olderUntil - endMs && Date.now() >= olderUntil - endMs;

/** @throws RangeError for a file that was altered */
function knownOf(key: KeyObject, stored: StoredVersions): Map<string, KnownSum> {
  const { versions, mac, sums, sumsMac = '', vectors, vectorsMac } = stored;
  if (mac !== macOf(key, versions)) throw new RangeError('mac');
  if (sums !== undefined && sumsMac !== macOfSums(key, mac, sums)) throw new RangeError('sumsMac');
  if (vectors !== undefined && vectorsMac !== macOfVectors(key, sumsMac, vectors))
    throw new RangeError('vectorsMac');
  // also of a file of an earlier release, which notes versions that this one wrote: it does not say who wrote them
  const known = vectors === undefined || isStoppedBefore(vectors) ? {} : vectors.writers;
  return new Map(
    Object.entries(versions).map(([name, version]) => {
      const sum = sums?.[name];
      const writers = known[name];
      return [name, { version, ...defined({ sum: sum === undefined ? sum : BigInt(`0x${sum}`), writers }) }];
    }),
  );
}
