import { Problem } from '../../terms/problem.ts';
import { isPlainValue, signatureBase } from './headers.ts';
import { component } from './component.ts';
import { contentDigest } from './contentDigest.ts';
import { signBytes, type SigningKey } from './key.ts';
import { maxHeaderValueLength, mustBeCovered, requestLabel, requestTag, usualLifetime } from './profile.ts';

export interface RequestToSign {
  readonly method: string;
  /** the hub's public origin + the raw request target */
  readonly targetUri: string;
  /** headers to send, any case; those that the profile requires to be signed are covered */
  readonly headers: Readonly<Record<string, string>>;
  /** bytes as they will be sent; empty for a request without body */
  readonly body: Uint8Array;
  readonly key: SigningKey;
  /** Unix seconds */
  readonly created: number;
  /** Unix seconds; default created + 60 */
  readonly expires?: number;
  /** 16 random bytes, never used before, as 22 base64url characters */
  readonly nonce: string;
}

/**
 * Signs a request according to the profile.
 * @throws Problem header_malformed, component_missing where every verifier would reject it
 * @returns the headers to send, names in lower case: those given, content-digest, signature-input and signature
 */
export function signRequest(request: RequestToSign): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value.trim();
  headers['content-digest'] = contentDigest(request.body);
  refuseUnsignable(headers, request.body);
  const { base, parametersText } = requestBaseToSign(request, headers);
  const signature = signBytes(Buffer.from(base, 'latin1'), request.key);
  headers['signature-input'] = `${requestLabel}=${parametersText}`;
  headers['signature'] = `${requestLabel}=:${signature.toString('base64')}:`;
  return headers;
}

/** Rejects what every verifier would reject, before signing. @throws Problem header_malformed, component_missing */
function refuseUnsignable(headers: Readonly<Record<string, string>>, body: Uint8Array): void {
  for (const [name, value] of Object.entries(headers)) {
    if (mustBeCovered(name) && !isPlainValue(value, maxHeaderValueLength))
      throw new Problem('header_malformed', { name }, { check: 'headers', at: name });
  }
  if (body.length > 0 && headers['content-type'] === undefined)
    throw new Problem(
      'component_missing',
      { component: '"content-type"' },
      { check: 'components', at: 'content-type' },
    );
}

function requestBaseToSign(
  request: RequestToSign,
  headers: Readonly<Record<string, string>>,
): { base: string; parametersText: string } {
  const { method, targetUri, key, created, nonce } = request;
  const expires = request.expires ?? created + usualLifetime;
  const names = ['@method', '@target-uri', ...Object.keys(headers).filter(mustBeCovered)];
  const components = names.map((value) => component({ value, parameters: {} }));
  const parametersText =
    `(${components.map(({ id }) => id).join(' ')});created=${created};expires=${expires};nonce="${nonce}"` +
    `;keyid="${key.keyid}";alg="${key.alg}";tag="${requestTag}"`;
  const view = { method, targetUri, headers: new Map(Object.entries(headers)) };
  const base = signatureBase(components, parametersText, view);
  if (typeof base !== 'string') throw new TypeError(`no value for ${base.missing.id}`);
  return { base, parametersText };
}
