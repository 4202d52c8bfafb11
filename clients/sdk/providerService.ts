/**
 * The provider's side of a live dataset that is a separate service. It accepts a request only if the hub signed it for this address,
 * recently, and it was not answered before. It signs the answer with the department's key. The caller supplies the server:
 * clients/examples/liveService.ts.
 */
import { randomUUID } from 'node:crypto';
import type { RequestMessage } from '../../certs/message.ts';
import {
  checkDigest,
  checkKey,
  checkSignature,
  checkTime,
  readSignature,
  skewSeconds,
  type SigningKey,
  type VerificationKey,
} from '../../certs/signatures/index.ts';
import { signReplyInPool } from '../../certs/signatures/signReply.ts';
import { Problem } from '../../terms/problem.ts';

export interface ProviderServiceOptions {
  /** as registered at the hub: scheme, host and port; never taken from the request */
  readonly origin: string;
  /** a signing key of the department that the hub knows */
  readonly key: SigningKey;
  /** the hub's signing keys */
  readonly hubKeys: readonly VerificationKey[];
  /** Unix milliseconds */
  readonly now?: () => number;
}

export interface ServiceAnswer {
  readonly contentType: string;
  readonly body: Uint8Array;
}

export interface SignedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** One service of a department. Owns the nonces of the requests that it has answered. */
export class ProviderService {
  private readonly options: ProviderServiceOptions;
  private readonly now: () => number;
  /** Unix milliseconds until which each nonce is remembered */
  private readonly nonces = new Map<string, number>();

  constructor(options: ProviderServiceOptions) {
    this.options = options;
    this.now = options.now ?? Date.now;
  }

  /**
   * @param request path as received, header lines as received (`rawHeaders`) and the whole body
   * @param make called with the hub's id of the call and the body that it signed
   * @returns what to send: 200 and signed, or 401 with the reason
   * @throws the errors of `make`
   */
  async answer(
    request: Omit<RequestMessage, 'targetUri'> & { readonly path: string },
    make: (call: string, body: Uint8Array) => Promise<ServiceAnswer> | ServiceAnswer,
  ): Promise<SignedAnswer> {
    const { path, ...head } = request;
    const message = { ...head, targetUri: `${this.options.origin}${path}` };
    let call: string;
    try {
      call = this.verified(message);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { status: 401, headers: { 'content-type': 'text/plain' }, body: Buffer.from(error.code) };
    }
    const { contentType, body } = await make(call, request.body);
    const headers = { 'content-type': contentType, 'datong-exchange-id': randomUUID() };
    const { key } = this.options;
    const created = Math.floor(this.now() / 1000);
    const signature = await signReplyInPool({ status: 200, headers, body, request: message, key, created });
    return { status: 200, headers: { ...headers, ...signature }, body };
  }

  /** @returns the hub's id of the call. @throws Problem that names the violated rule */
  private verified(message: RequestMessage): string {
    const signature = readSignature(message);
    const now = this.now();
    checkTime(signature, now);
    const found = this.options.hubKeys.find(({ keyid }) => keyid === signature.keyid);
    checkSignature(signature, message, checkKey(signature, found));
    checkDigest(signature, message);
    for (const [nonce, until] of this.nonces) if (until < now) this.nonces.delete(nonce);
    if (this.nonces.has(signature.nonce)) throw new Problem('nonce_replayed');
    this.nonces.set(signature.nonce, (signature.expires + skewSeconds) * 1000);
    return signature.headers.get('datong-idempotency-key') ?? '';
  }
}
