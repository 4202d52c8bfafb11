import { keyId, type KeyId } from '../../terms/ids.ts';
import { Problem } from '../../terms/problem.ts';
import type { RequestHead, RequestMessage } from '../message.ts';
import type { Component } from './component.ts';
import { requireDigest } from './contentDigest.ts';
import { checkCoverage, malformedInput, readShape, type Shape, type ShapesRead } from './coverage.ts';
import { singleHeaders } from './headers.ts';
import { signatureLength } from './key.ts';
import { maxSignatureInputLength, nonceLength, requestLabel, requestTag } from './profile.ts';
import { FieldReader, FieldSyntaxError, type Parameters } from './structuredField.ts';

/** A parsed signature of a request: its form matches the profile, nothing is proven yet. */
export interface RequestSignature {
  readonly headers: ReadonlyMap<string, string>;
  readonly components: readonly Component[];
  /** value of `"@signature-params"`: Signature-Input without its label */
  readonly parametersText: string;
  /** Unix seconds */
  readonly created: number;
  /** Unix seconds */
  readonly expires: number;
  readonly nonce: string;
  readonly keyid: KeyId;
  readonly alg: string;
  readonly signature: Buffer;
  /** the Content-Digest header */
  readonly digest: string;
}

/** A whole request, or its head and whether a body follows. */
export type SignedHead = RequestMessage | (RequestHead & { readonly hasBody: boolean });

/**
 * First stage: headers, Signature-Input, Signature and the list of covered components against the profile.
 * @param shapes cache of the caller, for verifying many requests
 * @throws Problem headers_too_many, header_duplicate, header_malformed, header_unknown, signature_missing, signature_duplicate,
 * signature_input_malformed, signature_malformed, component_missing, component_unexpected, nonce_malformed, digest_missing,
 * digest_malformed
 */
export function readSignature(message: SignedHead, shapes: ShapesRead = new Map()): RequestSignature {
  const headers = singleHeaders(message.rawHeaders);
  const input = headers.get('signature-input');
  const signatureField = headers.get('signature');
  if (input === undefined || signatureField === undefined) throw missing(input === undefined);
  const { shape, parametersText, parameters } = readInput(input, shapes);
  const digest = requireDigest(headers.get('content-digest'));
  checkCoverage(headers, shape, 'body' in message ? message.body.length > 0 : message.hasBody);
  return {
    headers,
    components: shape.components,
    parametersText,
    digest,
    signature: readSignatureBytes(signatureField),
    ...readParameters(parameters),
  };
}

/** RFC 9421 §5: the minimum coverage of an acceptable signature. */
const acceptSignature = `${requestLabel}=("@method" "@target-uri" "content-digest");created;expires;tag="${requestTag}"`;

function missing(input: boolean): Problem {
  const at = input ? 'signature-input' : 'signature';
  return new Problem(
    'signature_missing',
    {},
    {
      check: 'headers',
      at,
      expected: `the header ${at}`,
      received: 'none',
      headers: { 'accept-signature': acceptSignature },
    },
  );
}

function readInput(
  input: string,
  shapes: ShapesRead,
): { shape: Shape; parametersText: string; parameters: Parameters } {
  if (input.length > maxSignatureInputLength)
    throw malformedInput(`at most ${maxSignatureInputLength} characters`, `${input.length} characters`);
  try {
    const reader = new FieldReader(input);
    const label = reader.key();
    if (label !== requestLabel) throw malformedInput(`the label ${requestLabel}`, label);
    reader.need('=');
    const start = reader.position;
    const shape = readShape(reader, shapes);
    const parameters = reader.parameters();
    if (reader.take(','))
      throw new Problem('signature_duplicate', {}, { check: 'headers', at: 'signature-input' });
    if (!reader.ended) reader.fail('";" or the end');
    return { shape, parametersText: input.slice(start), parameters };
  } catch (error) {
    if (error instanceof FieldSyntaxError)
      throw malformedInput(`${error.expected} at character ${error.position + 1}`);
    throw error;
  }
}

const parameterNames = ['created', 'expires', 'nonce', 'keyid', 'alg', 'tag'];

function readParameters(
  parameters: Parameters,
): Pick<RequestSignature, 'created' | 'expires' | 'nonce' | 'keyid' | 'alg'> {
  const { created, expires, nonce, keyid, alg, tag } = parameters;
  for (const name in parameters) {
    if (!parameterNames.includes(name))
      throw malformedInput(`only the parameters ${parameterNames.join(', ')}`, name);
  }
  if (typeof created !== 'number' || created < 0) throw wrongParameter('created', 'Unix seconds', created);
  if (typeof expires !== 'number' || expires < 0) throw wrongParameter('expires', 'Unix seconds', expires);
  if (typeof keyid !== 'string' || !isKeyid(keyid))
    throw wrongParameter('keyid', 'an RFC 7638 SHA-256 thumbprint (43 base64url characters)', keyid);
  if (typeof alg !== 'string') throw wrongParameter('alg', '"ecdsa-p256-sha256" or "ed25519"', alg);
  if (tag !== requestTag) throw wrongParameter('tag', `"${requestTag}"`, tag);
  if (typeof nonce !== 'string' || nonce.length !== nonceLength || /[^A-Za-z0-9_-]/.test(nonce))
    throw new Problem(
      'nonce_malformed',
      {},
      {
        check: 'headers',
        at: 'signature-input;nonce',
        expected: `${nonceLength} base64url characters`,
        received: typeof nonce === 'string' ? `${nonce.length} characters` : 'none',
      },
    );
  return { created, expires, nonce, keyid: keyId(keyid), alg };
}

function isKeyid(text: string): boolean {
  return text.length === 43 && !/[^A-Za-z0-9_-]/.test(text);
}

function wrongParameter(name: string, expected: string, received: unknown): Problem {
  const shown = received === undefined ? 'none' : JSON.stringify(received).slice(0, 80);
  return malformedInput(`;${name}= as ${expected}`, shown);
}

function readSignatureBytes(field: string): Buffer {
  const malformed = (expected: string, received?: string): Problem =>
    new Problem(
      'signature_malformed',
      {},
      { check: 'headers', at: 'signature', expected, ...(received === undefined ? {} : { received }) },
    );
  try {
    const reader = new FieldReader(field);
    const label = reader.key();
    if (label !== requestLabel) throw malformed(`the label ${requestLabel}`, label);
    reader.need('=');
    const signature = reader.bytes(512);
    if (reader.take(',')) throw new Problem('signature_duplicate', {}, { check: 'headers', at: 'signature' });
    if (!reader.ended) reader.fail('the end');
    if (signature.length !== signatureLength) {
      const der = signature[0] === 0x30 && signature.length >= 68 && signature.length <= 72;
      throw malformed(
        `${signatureLength} bytes`,
        `${signature.length} bytes${der ? '; it looks like DER: use r‖s (IEEE P1363)' : ''}`,
      );
    }
    return signature;
  } catch (error) {
    if (error instanceof FieldSyntaxError)
      throw malformed(`${error.expected} at character ${error.position + 1}`);
    throw error;
  }
}

/** The keyid that a request names, for the log of a rejection; undefined where it names none. Best effort: only its form is checked. */
export function claimedKeyid(rawHeaders: readonly string[]): string | undefined {
  const at = rawHeaders.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === 'signature-input');
  const input = at < 0 ? undefined : rawHeaders[at + 1]?.slice(0, maxSignatureInputLength);
  const start = input?.indexOf(';keyid="') ?? -1;
  const keyid = input?.slice(start + 8, start + 8 + 43) ?? '';
  return start >= 0 && isKeyid(keyid) ? keyid : undefined;
}
