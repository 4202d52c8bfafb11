/**
 * The file outside the database that records the version of the rows of each sealed table, and the sum of that version. A table with an older version was restored to
 * an earlier state. Written at most once a second, fsynced, with a MAC.
 */
import { createHmac, type KeyObject } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfPresent } from '../../machine/readIfPresent.ts';
import { writeDurably } from '../../machine/writeDurably.ts';
import { defined } from '../../terms/defined.ts';
import { asIs } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import { formatVersion, isRefusedVersion, refuseLaterVersion } from '../../terms/refuseLaterVersion.ts';
import type { KnownVersions } from '../platform/database/authenticated/seals.ts';

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
}

/** The newest version of a sum. */
interface Known {
  readonly version: number;
  readonly sum?: bigint;
}

const writeIntervalMs = 1_000;

export class RowVersions implements KnownVersions {
  private readonly known: Map<string, Known>;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private readonly stateDir: string;
  private readonly key: KeyObject;
  private readonly onError: (error: unknown) => void;

  private constructor(
    stateDir: string,
    key: KeyObject,
    known: Map<string, Known>,
    onError: (error: unknown) => void,
  ) {
    this.stateDir = stateDir;
    this.key = key;
    this.known = known;
    this.onError = onError;
  }

  /** @throws Problem log_inconsistent when the file is damaged or is another hub's; made_by_later_release, format_version_malformed */
  static async open(
    stateDir: string,
    key: KeyObject,
    onError: (error: unknown) => void,
  ): Promise<RowVersions> {
    const file = rowVersionsFile(stateDir);
    const text = await readIfPresent(file);
    if (text === undefined) return new RowVersions(stateDir, key, new Map(), onError);
    try {
      const stored = JSON.parse(text) as StoredVersions;
      refuseLaterVersion(stored, file);
      return new RowVersions(stateDir, key, knownOf(key, stored), onError);
    } catch (cause) {
      if (isRefusedVersion(cause)) throw cause;
      throw new Problem('log_inconsistent', { what: asIs(file) }, { cause });
    }
  }

  get(name: string): number | undefined {
    return this.known.get(name)?.version;
  }

  sumOf(name: string): bigint | undefined {
    return this.known.get(name)?.sum;
  }

  /** Of a version that is known without its sum, the first sum counts. */
  note(name: string, version: number, sum?: bigint): void {
    const before = this.known.get(name);
    const isNewer = version > (before?.version ?? 0);
    if (!isNewer && (version !== before?.version || before.sum !== undefined || sum === undefined)) return;
    this.known.set(name, { version, ...defined({ sum }) });
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
    const mac = macOf(this.key, versions);
    const stored: StoredVersions = {
      v: formatVersion,
      versions,
      mac,
      sums,
      sumsMac: macOfSums(this.key, mac, sums),
    };
    await writeDurably(rowVersionsFile(this.stateDir), `${JSON.stringify(stored)}\n`);
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

/** @throws RangeError for a file that was altered */
function knownOf(key: KeyObject, { versions, mac, sums, sumsMac }: StoredVersions): Map<string, Known> {
  if (mac !== macOf(key, versions)) throw new RangeError('mac');
  if (sums !== undefined && sumsMac !== macOfSums(key, mac, sums)) throw new RangeError('sumsMac');
  return new Map(
    Object.entries(versions).map(([name, version]) => {
      const sum = sums?.[name];
      return [name, { version, ...(sum === undefined ? {} : { sum: BigInt(`0x${sum}`) }) }];
    }),
  );
}
