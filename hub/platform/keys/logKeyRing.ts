/**
 * The keys of the log in the key folder: `log.pem`, with which a hub begins, and `log-<id>.pem` of each later one. Statements signed by
 * the old and the new key decide which one signs (log/note/keyRotation.ts); they are stored with the keys as `log-<id>.rotation`. A key
 * is stored before any entry names it, and its statement before it signs anything. So an interruption at any point leaves the old key or
 * the new one.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { privateKeyPem } from '../../../certs/authority/keyPair.ts';
import {
  followRotations,
  parseRotation,
  rotationsOf,
  type KnownRotation,
} from '../../../log/note/keyRotation.ts';
import { noteSigner, parseVkey, type NoteSigner, type NoteVerifier } from '../../../log/note/noteKey.ts';
import { Problem } from '../../../terms/problem.ts';
import { keyFiles } from './createKeys.ts';
import type { LogKeys } from './hubKeys.ts';
import { syncFolder } from '../../../machine/writeNew.ts';
import { writeKey, type KeyFolder } from './keyFolder.ts';
import { newNotePair } from '../../../machine/newKeyPair.ts';

/**
 * ms for which an old key continues to sign with the new one: the lifetime of a department's certificate, so that each client connects in
 * it
 */
export const overlap: number = 30 * 86_400_000;

const nameOf = ({ id }: Pick<NoteVerifier, 'id'>, kind: 'pem' | 'rotation'): string =>
  `log-${Buffer.from(id).toString('hex')}.${kind}`;

export class LogKeyRing implements LogKeys {
  readonly name: string;
  private readonly folder: KeyFolder;
  private readonly until = new Map<string, number>();
  private held: ReadonlyMap<string, NoteSigner> = new Map();
  private keys: readonly NoteVerifier[];
  private current: NoteSigner;

  /** @param name origin of the log @throws Problem keys_missing, keys_malformed */
  constructor(folder: KeyFolder, name: string) {
    this.folder = folder;
    this.name = name;
    this.read();
    const notes = this.files('rotation').map((file) => {
      const note = folder.text(file);
      this.malformedTo(file, () => parseRotation(note));
      return note;
    });
    const first = existsSync(join(folder.path, keyFiles.log))
      ? this.signer(keyFiles.log)
      : this.malformedTo('log.pem', () => notes.map((note) => parseRotation(note).old)[0]);
    // neither the first key nor a statement about a later one
    if (first === undefined) throw new Problem('keys_missing', { file: join(folder.path, keyFiles.log) });
    this.keys = this.malformedTo(keyFiles.log, () => chain([parseVkey(first.vkey)], notes));
    this.current = this.heldKey(newest(this.keys));
  }

  get id(): Uint8Array {
    return this.current.id;
  }

  get publicKey(): KeyObject {
    return this.current.publicKey;
  }

  get privateKey(): KeyObject {
    return this.current.privateKey;
  }

  get vkey(): string {
    return this.current.vkey;
  }

  verifiers(): readonly NoteVerifier[] {
    return [...this.keys].sort((a, b) => Number(a.ended !== undefined) - Number(b.ended !== undefined));
  }

  rotations(): readonly string[] {
    return rotationsOf(this.keys);
  }

  signers(now: number): readonly [NoteSigner, ...NoteSigner[]] {
    // the oldest last, where a reader of a single signature expects it
    const former = [...this.until]
      .reverse()
      .flatMap(([vkey, end]) => (now < end ? (this.held.get(vkey) ?? []) : []));
    return [this.current, ...former];
  }

  prepare(): NoteSigner {
    this.read();
    const known = new Set(this.keys.map(({ vkey }) => vkey));
    const waiting = [...this.held.values()].find(({ vkey }) => !known.has(vkey));
    if (waiting !== undefined) return waiting;
    const made = noteSigner(this.name, newNotePair().privateKey);
    writeKey(this.folder.path, nameOf(made, 'pem'), privateKeyPem(made.privateKey));
    syncFolder(this.folder.path);
    this.read();
    return made;
  }

  fileOf(key: NoteVerifier): string {
    return nameOf(key, 'pem');
  }

  heldKey(key: NoteVerifier): NoteSigner {
    if (!this.held.has(key.vkey)) this.read();
    const held = this.held.get(key.vkey);
    if (held === undefined)
      throw new Problem('keys_missing', { file: join(this.folder.path, nameOf(key, 'pem')) });
    return held;
  }

  learn(rotations: readonly KnownRotation[]): void {
    const known = new Set(this.rotations());
    const added = rotations.filter(({ statement }) => !known.has(statement));
    if (added.length > 0) {
      let keys: readonly NoteVerifier[];
      try {
        keys = chain(
          this.keys,
          added.map(({ statement }) => statement),
        );
      } catch (cause) {
        if (!(cause instanceof Problem)) throw cause;
        throw new Problem('log_inconsistent', { what: cause.text }, { cause });
      }
      const current = this.heldKey(newest(keys));
      if (this.folder.isWritable) {
        for (const { statement } of added) this.store(statement);
        syncFolder(this.folder.path);
      }
      this.keys = keys;
      this.current = current;
    }
    for (const { statement, rotatedAt } of rotations)
      if (rotatedAt !== null) this.until.set(parseRotation(statement).old.vkey, rotatedAt + overlap);
  }

  /** @throws Problem keys_malformed where its file has another content: the key must not sign before its statement is stored */
  private store(statement: string): void {
    const file = nameOf(parseRotation(statement).next, 'rotation');
    if (writeKey(this.folder.path, file, statement) || this.folder.text(file) === statement) return;
    throw new Problem('keys_malformed', {
      file: join(this.folder.path, file),
      reason: { zh: '内容与数据库中的声明不同', en: 'it is not the statement that the database contains' },
    });
  }

  private files(kind: 'pem' | 'rotation'): string[] {
    return readdirSync(this.folder.path)
      .filter((file) => new RegExp(`^log-[0-9a-f]{8}\\.${kind}$`).test(file))
      .sort();
  }

  private read(): void {
    const files = [keyFiles.log, ...this.files('pem')].filter((file) =>
      existsSync(join(this.folder.path, file)),
    );
    this.held = new Map(files.map((file) => this.signer(file)).map((key) => [key.vkey, key]));
  }

  private signer(file: string): NoteSigner {
    const pem = this.folder.text(file);
    return this.malformedTo(file, () => noteSigner(this.name, createPrivateKey(pem)));
  }

  private malformedTo<T>(file: string, parse: () => T): T {
    try {
      return parse();
    } catch (cause) {
      const reason = cause instanceof Problem ? cause.text : 'unreadable';
      throw new Problem('keys_malformed', { file: join(this.folder.path, file), reason }, { cause });
    }
  }
}

/** The single chain from one key to the next. @throws Problem log_rotation_invalid */
function chain(known: readonly NoteVerifier[], notes: readonly string[]): readonly NoteVerifier[] {
  const keys = followRotations(known, notes);
  if (new Set([...rotationsOf(known), ...notes]).size !== keys.length - 1)
    throw new Problem('log_rotation_invalid', {
      what: { zh: '与现有密钥不相连', en: 'it does not begin at a key of this log' },
    });
  return keys;
}

/** The last key of a chain. */
function newest(keys: readonly NoteVerifier[]): NoteVerifier {
  const key = keys.find(({ ended }) => ended === undefined);
  if (key === undefined) throw new TypeError('a chain of keys ends in one');
  return key;
}
