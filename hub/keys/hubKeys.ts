/**
 * Every key of a hub, behind one interface. Files are the first provider; another (a key service) implements this interface and
 * nothing else changes. docs/keys.md tells for each key its algorithm, its place, how it rotates and what is lost with it.
 */
import type { KeyObject } from 'node:crypto';
import type { Authority } from '../../certs/authority/createAuthority.ts';
import type { SigningKey, VerificationKey } from '../../certs/signatures/key.ts';
import type { NoteSigner } from '../../log/note/noteKey.ts';
import type { LogTokenKeys } from './logTokenKeys.ts';

/** Secret keys are 32 random bytes as a KeyObject, which node:crypto takes for HMAC and AES alike. */
export interface HubKeys extends LogTokenKeys {
  /** signs replies (P-256) */
  readonly hubSigning: SigningKey;
  /** signs checkpoints (Ed25519), under the origin of the log, `datong/<hub name>` */
  readonly log: NoteSigner;
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
  /** root certificate, intermediate certificate and key; the root's key is not among them */
  readonly authority: Authority;
  /** public halves that no longer sign, for anchors: what they signed stays verifiable */
  readonly retired: { readonly hubSigning: readonly VerificationKey[]; readonly logVkeys: readonly string[] };
  /** where the root's private key still lies beside the others; undefined once it has been carried away */
  readonly rootKeyFile: string | undefined;
}
