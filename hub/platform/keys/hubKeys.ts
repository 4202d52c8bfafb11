/**
 * Every key of a hub, behind one interface. Files are the first provider; another (a key service) implements this interface and
 * nothing else changes. docs/keys.md tells for each key its algorithm, its place, how it rotates and what is lost with it.
 */
import type { KeyObject } from 'node:crypto';
import type { Authority } from '../../../certs/authority/createAuthority.ts';
import type { ReadIntermediate } from '../../../certs/authority/readIntermediate.ts';
import type { ReadList } from '../../../certs/authority/revocationList.ts';
import type { SigningKey, VerificationKey } from '../../../certs/signatures/key.ts';
import type { KnownRotation } from '../../../log/note/keyRotation.ts';
import type { NoteSigner, NoteVerifier } from '../../../log/note/noteKey.ts';
import type { LogTokenKeys } from './logTokenKeys.ts';

/** The log's key that signs now, and what is known of the others. */
export interface LogKeys extends NoteSigner {
  /** Every key the log was ever signed by, each with its end; the one that signs now first. */
  verifiers(): readonly NoteVerifier[];
  /** The statements that lead from the first key to the newest. */
  rotations(): readonly string[];
  /** Those that sign a checkpoint: the newest, and for a while the one before it. @param now Unix ms */
  signers(now: number): readonly [NoteSigner, ...NoteSigner[]];
  /** The key that comes next, made where none waits; it signs nothing before `learn` is told that it took over. */
  prepare(): NoteSigner;
  /** Name of the file that a key which takes over lies in. */
  fileOf(key: NoteVerifier): string;
  /** @throws Problem keys_missing where it is not in this folder */
  heldKey(key: NoteVerifier): NoteSigner;
  /**
   * What the log says of its keys; durable in the folder before a key that took over signs anything.
   * @throws Problem log_inconsistent for a statement that does not lead on from the keys known; keys_missing where a key is to be copied here
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
  /** every one that was ever vouched for, revoked and ended ones too */
  all(): readonly ReadIntermediate[];
  /** with which the hub began */
  isFirst(serial: string): boolean;
  /** Unix milliseconds; undefined for one that the root's list does not name */
  revokedAt(serial: string): number | undefined;
  /** Those whose leaves count, and whose lists this process signs: coming ones too. @param now Unix ms */
  issuers(now: number): readonly Issuer[];
  /** Files of keys that are not here: of the one that is to sign now, and of another one that counts or is to come. @param now Unix ms */
  lacking(now: number): { readonly signing?: string; readonly other?: string };
  /** whether the key of this id is here, be it certified or not @throws Problem keys_malformed */
  holds(id: string): boolean;
  /**
   * Whose time has come signs from now on. @param now Unix ms @returns whether it is another one
   * @throws Problem keys_missing where its key is not here
   */
  advance(now: number): boolean;
  /** Of later ones in the folder those that nobody vouched for by `learn`: they count for nothing. */
  unvouched(): readonly ReadIntermediate[];
  /**
   * What the database says of them; it counts at once, and is kept in the folder as soon as that can be written. An older list changes nothing.
   * @throws Problem authority_… for what this root did not sign, authority_unsuitable where the list that counts forgets what the other revokes
   */
  learn(certificates: readonly string[], list: string | undefined): Promise<void>;
  /** Writes what could not be written before. @returns a file that still cannot */
  keep(): string | undefined;
}

/** Secret keys are 32 random bytes as a KeyObject, which node:crypto takes for HMAC and AES alike. */
export interface HubKeys extends LogTokenKeys {
  /** signs replies (P-256) */
  readonly hubSigning: SigningKey;
  /** signs checkpoints (Ed25519), under the origin of the log, `datong/<hub name>`: the key that signs now, and those before it */
  readonly log: LogKeys;
  /** MAC of the log's head */
  readonly headMac: KeyObject;
  /** lasting: turns an identity number into `_subject` of rows and consents */
  readonly subject: KeyObject;
  /** master of the pseudonyms that consumers get */
  readonly pseudonym: KeyObject;
  /** cursors and ETags */
  readonly cursor: KeyObject;
  /** whatever lies sealed in the database: docs/keys.md lists it */
  readonly sealing: KeyObject;
  readonly backup: KeyObject;
  /** root certificate, intermediate certificates and keys; the root's key is not among them */
  readonly authority: Authorities;
  /** public halves that no longer sign, for anchors: what they signed stays verifiable */
  readonly retired: { readonly hubSigning: readonly VerificationKey[]; readonly logVkeys: readonly string[] };
  /** where the root's private key still lies beside the others; undefined once it has been carried away */
  readonly rootKeyFile: string | undefined;
}
