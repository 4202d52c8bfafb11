/** HTTP messages in the form that the signature code uses: exactly the bytes on the wire, without normalisation. */

export interface RequestHead {
  readonly method: string;
  /** the hub's configured public origin + the raw request target; never built from Host */
  readonly targetUri: string;
  /** name, value, name, value … as received (node's `rawHeaders`) */
  readonly rawHeaders: readonly string[];
}

export interface RequestMessage extends RequestHead {
  readonly body: Uint8Array;
}

export interface ReplyMessage {
  readonly status: number;
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
}

export type SignatureAlgorithm = 'ecdsa-p256-sha256' | 'ed25519';
