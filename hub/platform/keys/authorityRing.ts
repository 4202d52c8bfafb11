/**
 * The root's certificate and newest list, and every intermediate authority it certified, in the key folder. A hub begins with
 * `authority-intermediate.crt` and `.pem`; each later one has `authority-intermediate-<id>.crt` and `.pem`. Each signs from its notBefore
 * until that of the next one; the root's list ends one at once.
 */
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lifetimes } from '../../../certs/authority/lifetimes.ts';
import { readIntermediate, type ReadIntermediate } from '../../../certs/authority/readIntermediate.ts';
import { refuseForgetful, serialsOf } from '../../../certs/authority/refuseForgetful.ts';
import { readRevocationList, type ReadList } from '../../../certs/authority/revocationList.ts';
import { Problem } from '../../../terms/problem.ts';
import { intermediateFile, keyFiles } from './createKeys.ts';
import { idOfKey } from './givenAuthority.ts';
import type { Authorities, Issuer } from './hubKeys.ts';
import { syncFolder } from '../../../machine/writeNew.ts';
import { writeKey, type KeyFolder } from './keyFolder.ts';
import { defined } from '../../../terms/defined.ts';

/**
 * ms for which an authority remains valid once the next one signs: the maximum lifetime of its leaf certificates plus their renewal grace
 */
const afterlife = lifetimes.leaf + lifetimes.grace;

const laterFile = /^authority-intermediate-[0-9a-f]{8}\.crt$/;

/**
 * @param now Unix milliseconds
 * @throws Problem keys_missing, keys_unsafe, keys_malformed
 */
export async function openAuthorities(folder: KeyFolder, now: number): Promise<Authorities> {
  const rootCertificate = folder.text(keyFiles.rootCertificate);
  const later = readdirSync(folder.path)
    .filter((name) => laterFile.test(name))
    .sort();
  const read = (file: string): ReadIntermediate => readIntermediate(folder.text(file), rootCertificate);
  const first = malformedTo(folder, keyFiles.intermediateCertificate, read);
  const others = later.map((file) => malformedTo(folder, file, read));
  const pem = folder.text(keyFiles.rootRevocationList);
  const list = await readRevocationList(pem, rootCertificate).catch((cause: unknown) => {
    throw malformed(folder, keyFiles.rootRevocationList, cause);
  });
  const ring = new AuthorityRing(folder, rootCertificate, { first, others }, { ...list, pem });
  try {
    ring.advance(now);
  } catch (error) {
    // the database decides later which of the others count
    if (others.length === 0) throw error;
  }
  return ring;
}

class AuthorityRing implements Authorities {
  readonly rootCertificate: string;
  private readonly folder: KeyFolder;
  /** the first is the hub's first */
  private known: readonly ReadIntermediate[];
  private readonly others: readonly ReadIntermediate[];
  /** text by file: counts already and is not in the folder yet */
  private readonly unwritten = new Map<string, string>();
  private list: ReadList & { readonly pem: string };
  private signing: Issuer | undefined;
  /** PEM by file, of those that were read */
  private readonly held = new Map<string, string>();

  constructor(
    folder: KeyFolder,
    rootCertificate: string,
    { first, others }: { readonly first: ReadIntermediate; readonly others: readonly ReadIntermediate[] },
    list: ReadList & { readonly pem: string },
  ) {
    this.folder = folder;
    this.rootCertificate = rootCertificate;
    this.known = [first];
    this.others = others;
    this.list = list;
  }

  get rootRevocationList(): string {
    return this.list.pem;
  }

  get rootList(): ReadList {
    return this.list;
  }

  get intermediateCertificate(): string {
    return this.signs().certificate;
  }

  get intermediateKey(): string {
    return this.signs().key;
  }

  get signer(): Issuer {
    return this.signs();
  }

  all(): readonly ReadIntermediate[] {
    return this.known;
  }

  isFirst(serial: string): boolean {
    return this.known[0]?.serial === serial;
  }

  revokedAt(serial: string): number | undefined {
    return this.list.revoked.find((one) => one.serial === serial)?.at;
  }

  issuers(now: number): readonly Issuer[] {
    return this.withKeys(this.counting(now));
  }

  lacking(now: number): ReturnType<Authorities['lacking']> {
    const counting = this.counting(now);
    const signs = newestBegun(counting, now);
    const file = (one: ReadIntermediate): string => join(this.folder.path, this.keyFile(one));
    const signing = signs === undefined || this.keyOf(signs) !== undefined ? undefined : file(signs);
    for (const one of counting) {
      if (one === signs) continue;
      const { key, problem } = this.triedKey(one);
      if (key === undefined) return defined({ signing, other: file(one), problem });
    }
    return defined({ signing });
  }

  holds(id: string): boolean {
    const file = intermediateFile(id, 'pem');
    return (
      existsSync(join(this.folder.path, file)) &&
      malformedTo(this.folder, file, (name) => this.read(name)) === id
    );
  }

  advance(now: number): boolean {
    const { signing: missing } = this.lacking(now);
    if (missing !== undefined) throw new Problem('keys_missing', { file: missing });
    const next = newestBegun(this.issuers(now), now);
    // where none is left the last one remains, and readiness reports that it has ended
    const signing = next ?? this.signing ?? this.last();
    const moved = signing?.serial !== this.signing?.serial;
    this.signing = signing;
    return moved;
  }

  unvouched(): readonly ReadIntermediate[] {
    const known = new Set(this.known.map(({ serial }) => serial));
    return this.others.filter(({ serial }) => !known.has(serial));
  }

  async learn(certificates: readonly string[], list: string | undefined): Promise<void> {
    const known = new Set(this.known.map(({ serial }) => serial));
    const added = certificates
      .map((pem) => readIntermediate(pem, this.rootCertificate))
      .filter(({ serial }) => !known.has(serial));
    const read = list === undefined ? undefined : await readRevocationList(list, this.rootCertificate);
    if (list !== undefined && read !== undefined) this.takeList({ ...read, pem: list });
    this.known = [...this.known, ...added];
    const here = new Set(this.others.map(({ serial }) => serial));
    for (const { id, serial, certificate } of added)
      if (!here.has(serial)) this.unwritten.set(intermediateFile(id, 'crt'), certificate);
    this.keep();
  }

  keep(): string | undefined {
    if (!this.folder.isWritable) return undefined;
    for (const [file, text] of this.unwritten)
      try {
        this.replace(file, text);
        this.unwritten.delete(file);
      } catch {
        return file;
      }
    return undefined;
  }

  /** The list that counts includes everything that the other one revokes. */
  private takeList(read: ReadList & { readonly pem: string }): void {
    const newer = read.number > this.list.number;
    const [counts, other] = newer ? [read, this.list] : [this.list, read];
    refuseForgetful(counts, serialsOf(other));
    if (!newer) return;
    this.list = read;
    this.unwritten.set(keyFiles.rootRevocationList, read.pem);
  }

  private signs(): Issuer {
    if (this.signing === undefined) throw new Problem('keys_missing', { file: keyFiles.intermediateKey });
    return this.signing;
  }

  /** Of those whose key is in this folder the one that ends last. */
  private last(): Issuer | undefined {
    return this.withKeys(this.known)
      .toSorted((a, b) => a.notAfter - b.notAfter)
      .at(-1);
  }

  /** Authorities that are neither revoked nor ended, and of which a leaf may still be valid. */
  private counting(now: number): readonly ReadIntermediate[] {
    return this.known.filter(
      (one) =>
        this.revokedAt(one.serial) === undefined &&
        now < Math.min(one.notAfter, this.relieved(one) + afterlife),
    );
  }

  /**
   * Unix ms from which it signs nothing, because a later one began. That holds even if the later one is revoked; it signs again only if
   * it still counted when no later one was left. Infinity while it signs.
   */
  private relieved({ notBefore }: ReadIntermediate): number {
    const later = this.known
      .map((other) => ({ begin: other.notBefore, end: this.revokedAt(other.serial) ?? Infinity }))
      .filter(({ begin, end }) => begin > notBefore && begin <= end)
      .sort((a, b) => a.begin - b.begin);
    let since = Infinity;
    let covered = -Infinity;
    for (const { begin, end } of later) {
      const backAgain = covered < begin && covered < since + afterlife;
      if (backAgain) since = begin;
      covered = Math.max(covered, end);
    }
    return covered < since + afterlife ? Infinity : since;
  }

  private keyFile({ serial, id }: ReadIntermediate): string {
    return this.isFirst(serial) ? keyFiles.intermediateKey : intermediateFile(id, 'pem');
  }

  /** Those whose key can be used here. */
  private withKeys(some: readonly ReadIntermediate[]): readonly Issuer[] {
    return some.flatMap((one) => {
      const { key } = this.triedKey(one);
      return key === undefined ? [] : [{ ...one, key }];
    });
  }

  /** Its key, or why its file cannot be used: that stops nothing where another one signs. */
  private triedKey(one: ReadIntermediate): { readonly key?: string; readonly problem?: Problem } {
    try {
      return defined({ key: this.keyOf(one) });
    } catch (problem) {
      if (problem instanceof Problem && problem.code.startsWith('keys_')) return { problem };
      throw problem;
    }
  }

  /** PEM of its key; undefined where its file is not here. @throws Problem keys_unsafe, keys_unreadable; keys_malformed for another key */
  private keyOf(one: ReadIntermediate): string | undefined {
    const file = this.keyFile(one);
    const held = this.held.get(file);
    if (held !== undefined) return held;
    if (!existsSync(join(this.folder.path, file))) return undefined;
    if (malformedTo(this.folder, file, (name) => this.read(name)) !== one.id)
      throw malformed(this.folder, file, undefined);
    const pem = this.folder.text(file);
    this.held.set(file, pem);
    return pem;
  }

  private read(file: string): string | undefined {
    return idOfKey(this.folder.text(file));
  }

  /** Replaces a file atomically, also when the hub is killed while writing, or the disk is full. */
  private replace(file: string, text: string): void {
    const draft = `${file}.new`;
    rmSync(join(this.folder.path, draft), { force: true });
    writeKey(this.folder.path, draft, text);
    renameSync(join(this.folder.path, draft), join(this.folder.path, file));
    syncFolder(this.folder.path);
  }
}

const newestBegun = <T extends ReadIntermediate>(some: readonly T[], now: number): T | undefined =>
  some
    .filter(({ notBefore }) => notBefore <= now)
    .sort((a, b) => a.notBefore - b.notBefore)
    .at(-1);

function malformedTo<T>(folder: KeyFolder, file: string, parse: (file: string) => T): T {
  try {
    return parse(file);
  } catch (cause) {
    if (cause instanceof Problem && cause.code.startsWith('keys_')) throw cause;
    throw malformed(folder, file, cause);
  }
}

const malformed = (folder: KeyFolder, name: string, cause: unknown): Problem =>
  new Problem(
    'keys_malformed',
    {
      file: join(folder.path, name),
      reason: cause instanceof Problem ? cause.text : 'not the key of its certificate',
    },
    { cause },
  );
