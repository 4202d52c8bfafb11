import type { JsonWebKey } from 'node:crypto';
import type { SigningKey } from '../../certs/signatures/index.ts';
import type { CheckpointStore } from './checkpointKeeper.ts';

/** What a department's client is made of. */
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
  /** what receipts are verified against; fetched from the open listener where absent */
  readonly anchors?: object;
  /** where the newest checkpoint of the log is kept between runs; absent: as long as the client lives */
  readonly checkpoints?: CheckpointStore;
  readonly sockets?: number;
  readonly timeout?: number;
}
