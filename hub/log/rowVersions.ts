/**
 * The file outside the database that records the version of the rows of each sealed table. A table with an older version was restored to
 * an earlier state. Written at most once a second, fsynced, with a MAC.
 */
import { createHmac, type KeyObject } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfPresent } from '../../machine/readIfPresent.ts';
import { writeDurably } from '../../machine/writeDurably.ts';
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
}

const writeIntervalMs = 1_000;

export class RowVersions implements KnownVersions {
  private readonly versions: Map<string, number>;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private readonly stateDir: string;
  private readonly key: KeyObject;
  private readonly onError: (error: unknown) => void;

  private constructor(
    stateDir: string,
    key: KeyObject,
    versions: Map<string, number>,
    onError: (error: unknown) => void,
  ) {
    this.stateDir = stateDir;
    this.key = key;
    this.versions = versions;
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
      const { versions, mac } = stored;
      if (mac !== macOf(key, versions)) throw new RangeError('mac');
      return new RowVersions(stateDir, key, new Map(Object.entries(versions)), onError);
    } catch (cause) {
      if (isRefusedVersion(cause)) throw cause;
      throw new Problem('log_inconsistent', { what: asIs(file) }, { cause });
    }
  }

  get(name: string): number | undefined {
    return this.versions.get(name);
  }

  note(name: string, version: number): void {
    if (version <= (this.versions.get(name) ?? 0)) return;
    this.versions.set(name, version);
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
    const versions = Object.fromEntries([...this.versions].sort(([a], [b]) => (a < b ? -1 : 1)));
    await mkdir(this.stateDir, { recursive: true });
    const stored: StoredVersions = { v: formatVersion, versions, mac: macOf(this.key, versions) };
    await writeDurably(rowVersionsFile(this.stateDir), `${JSON.stringify(stored)}\n`);
  }
}

const macOf = (key: KeyObject, versions: StoredVersions['versions']): string =>
  createHmac('sha256', key)
    .update(`datong row versions 1\n${JSON.stringify(versions)}`)
    .digest('base64url');
