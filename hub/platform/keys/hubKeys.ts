/**
 * Every key of a hub, in one interface. Files are the first provider; another one (a key service) implements this interface and nothing
 * else changes. docs/keys.md describes each key's algorithm, location, rotation, and what is lost with it.
 */
import type { KeyObject } from 'node:crypto';
import type { Authority } from '../../../certs/authority/createAuthority.ts';
import type { ReadIntermediate } from '../../../certs/authority/readIntermediate.ts';
import type { ReadList } from '../../../certs/authority/revocationList.ts';
import type { SigningKey, VerificationKey } from '../../../certs/signatures/key.ts';
import type { KnownRotation } from '../../../log/note/keyRotation.ts';
import type { NoteSigner, NoteVerifier } from '../../../log/note/noteKey.ts';
import type { Problem } from '../../../terms/problem.ts';
import type { LogTokenKeys } from './logTokenKeys.ts';

/** The log's current signing key, and the known facts about the others. */
export interface LogKeys extends NoteSigner {
  /** Every key that ever signed the log, each with its end; the current one first. */
  verifiers(): readonly NoteVerifier[];
  /** The statements that lead from the first key to the newest. */
  rotations(): readonly string[];
  /** The keys that sign a checkpoint: the newest, and for a while the one before it. @param now Unix ms */
  signers(now: number): readonly [NoteSigner, ...NoteSigner[]];
  /** The next key, created where none waits; it signs nothing before `learn` reports its takeover. */
  prepare(): NoteSigner;
  /** Name of the file that contains a key that takes over. */
  fileOf(key: NoteVerifier): string;
  /** @throws Problem keys_missing where it is not in this folder */
  heldKey(key: NoteVerifier): NoteSigner;
  /**
   * Records the rotations in the log; durable in the folder before a key that took over signs anything.
   * @throws Problem log_inconsistent for a statement that does not continue from the known keys; keys_missing where a key must be copied
   * here
   */
  learn(rotations: readonly KnownRotation[]): void;
}

/** An intermediate authority whose key is in this folder. */
export interface Issuer extends ReadIntermediate {
  /** PEM */
  readonly key: string;
}

/** The root's certificate and list, and its intermediate authorities. As an `Authority` it is the one that signs now. */
export interface Authorities extends Authority {
  readonly rootList: ReadList;
  /** the one that signs now */
  readonly signer: Issuer;
  /** every authority that was ever vouched for, revoked and ended ones too */
  all(): readonly ReadIntermediate[];
  /** whether the hub began with it */
  isFirst(serial: string): boolean;
  /** Unix milliseconds; undefined for one that the root's list does not name */
  revokedAt(serial: string): number | undefined;
  /** Authorities whose leaves count, and whose lists this process signs, future ones included. @param now Unix ms */
  issuers(now: number): readonly Issuer[];
  /**
   * Files of missing keys: of the one that is to sign now, and of another one that counts or is to come. A file of the latter that cannot
   * be used counts as missing, with its problem.
   * @param now Unix ms @throws Problem keys_unsafe, keys_unreadable, keys_malformed for the one that is to sign now
   */
  lacking(now: number): { readonly signing?: string; readonly other?: string; readonly problem?: Problem };
  /** whether the key of this id is here, certified or not @throws Problem keys_unsafe, keys_unreadable, keys_malformed */
  holds(id: string): boolean;
  /**
   * Switches to the authority that must sign now. @param now Unix ms @returns whether it is another one
   * @throws Problem keys_missing where its key is not here
   */
  advance(now: number): boolean;
  /** Later authorities in the folder that `learn` did not vouch for: they do not count. */
  unvouched(): readonly ReadIntermediate[];
  /**
   * Adds the authorities of the database. They count at once, and are stored in the folder as soon as possible. An older list changes
   * nothing.
   * @throws Problem authority_… for what this root did not sign, authority_unsuitable where the valid list omits what the other revokes
   */
  learn(certificates: readonly string[], list: string | undefined): Promise<void>;
  /** Writes what could not be written before. @returns a file that still cannot */
  keep(): string | undefined;
}

/** Secret keys are 32 random bytes as a KeyObject, which node:crypto accepts for HMAC and AES alike. */
export interface HubKeys extends LogTokenKeys {
  /** signs replies (P-256) */
  readonly hubSigning: SigningKey;
  /** signs checkpoints (Ed25519), under the origin of the log, `datong/<hub name>`: the current key, and those before it */
  readonly log: LogKeys;
  /** MAC of the log's head */
  readonly headMac: KeyObject;
  /** permanent: turns an identity number into `_subject` of rows and consents */
  readonly subject: KeyObject;
  /** master key of the consumers' pseudonyms */
  readonly pseudonym: KeyObject;
  /** cursors and ETags */
  readonly cursor: KeyObject;
  /** seals data in the database: docs/keys.md lists it */
  readonly sealing: KeyObject;
  readonly backup: KeyObject;
  /** root certificate, intermediate certificates and keys; the root's key is not among them */
  readonly authority: Authorities;
  /** public keys that no longer sign, for anchors: what they signed remains verifiable */
  readonly retired: { readonly hubSigning: readonly VerificationKey[]; readonly logVkeys: readonly string[] };
  /** path of the root's private key while it is still with the others; undefined once it has been moved away */
  readonly rootKeyFile: string | undefined;
}
