/** What the hub keeps of a service's answer, verified without the rows: that the hub asked this, and that the provider gave that. */
import {
  checkKey,
  checkSignature,
  readSignature,
  verifyReplyHead,
  type VerificationKey,
} from '../../certs/signatures/index.ts';

export interface ProvenAnswer {
  /** id of the consumer's call, as the hub signed it */
  readonly exchange: string;
  /** Content-Digest of the body that was given: `sha-256=:…:` */
  readonly digest: string;
  /** thumbprint of the provider's key */
  readonly keyid: string;
}

interface Kept {
  readonly request: {
    readonly method: string;
    readonly targetUri: string;
    readonly rawHeaders: readonly string[];
  };
  readonly reply: { readonly status: number; readonly rawHeaders: readonly string[] };
}

/**
 * @param statement as it lies beside the entry (`datong audit explain`)
 * @throws Problem by the rule of the signature that does not hold; SyntaxError for what is no such statement
 */
export function provenAnswer(
  statement: string,
  hubKeys: readonly VerificationKey[],
  providerKeys: readonly VerificationKey[],
): ProvenAnswer {
  const { request, reply } = JSON.parse(statement) as Kept;
  const signature = readSignature({ ...request, hasBody: true });
  const named = (keys: readonly VerificationKey[], wanted: string) =>
    keys.find(({ keyid }) => keyid === wanted);
  checkSignature(signature, request, checkKey(signature, named(hubKeys, signature.keyid)));
  const { keyid } = verifyReplyHead(reply, { request, lookupKey: (one) => named(providerKeys, one) });
  const at = reply.rawHeaders.findIndex((name) => name.toLowerCase() === 'content-digest');
  const [exchange = ''] = (signature.headers.get('datong-idempotency-key') ?? '').split('.');
  return { exchange, digest: reply.rawHeaders[at + 1] ?? '', keyid };
}
