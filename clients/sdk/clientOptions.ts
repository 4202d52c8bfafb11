import type { JsonWebKey } from 'node:crypto';
import { signingKey, type SigningKey } from '../../certs/signatures/index.ts';
import type { CheckpointStore } from './checkpointKeeper.ts';
import type { Profile } from './profile.ts';

/** Options of a department's client. */
export interface DatongClientOptions {
  readonly department: string;
  /** origins of the exchange and the open listener */
  readonly hub: { readonly exchange: string; readonly open: string };
  /** PEM of the hub's root certificate */
  readonly ca: string;
  /** certificate chain and key of the TLS client, PEM */
  readonly tls: { readonly cert: string; readonly key: string };
  readonly signingKey: SigningKey | JsonWebKey | string;
  /** the hub's public signing keys; fetched from the open listener where absent */
  readonly hubKeys?: { readonly keys: readonly JsonWebKey[] };
  /** anchors that receipts are verified against; fetched from the open listener where absent */
  readonly anchors?: object;
  /** where the newest checkpoint of the log is stored between runs; absent: in memory, for the life of the client */
  readonly checkpoints?: CheckpointStore;
  /**
   * stores a further certificate of the root (PEM) that replaces `ca`: it has the same key and lasts longer. The client uses it by itself.
   * Without this option, each process fetches it again
   */
  readonly keepRoot?: KeepRoot;
  /**
   * `traceparent` (W3C Trace Context) of the caller's current span, asked for at each call; undefined: the call belongs to no trace. The
   * hub continues the trace where its operator has turned traces on
   */
  readonly traceparent?: () => string | undefined;
  /** keep-alive connections to one listener; 16 where absent */
  readonly sockets?: number;
  /** milliseconds without an answer after which a call fails; 60,000 where absent */
  readonly timeout?: number;
}

/** Stores a further certificate of the root, PEM. */
export type KeepRoot = (pem: string) => Promise<void> | void;

/** @param checkpoints where the newest checkpoint of the log is stored between runs */
export function optionsOf(
  profile: Profile,
  checkpoints: CheckpointStore | undefined,
  keepRoot?: KeepRoot,
): DatongClientOptions {
  const { department, hub, tls } = profile;
  return {
    department,
    hub: { exchange: hub.exchange, open: hub.open },
    ca: hub.ca,
    tls,
    signingKey: profile.signingKey,
    hubKeys: hub.keys,
    ...(hub.anchors === undefined ? {} : { anchors: hub.anchors }),
    ...(checkpoints === undefined ? {} : { checkpoints }),
    ...(keepRoot === undefined ? {} : { keepRoot }),
  };
}

/** The signing key, parsed where it came as text or JWK. @throws the errors of `signingKey` */
export const keyOf = ({ signingKey: key }: DatongClientOptions): SigningKey =>
  isSigningKey(key) ? key : signingKey(key);

const isSigningKey = (key: DatongClientOptions['signingKey']): key is SigningKey =>
  typeof key === 'object' && 'privateKey' in key;
