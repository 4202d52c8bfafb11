/** Any RFC 9421 signature of a message, beyond the product's profile: for `datong client signature verify --any-profile` and the RFC's vectors. */
import { Problem } from '../../terms/problem.ts';
import { joinedHeaders, signatureBase } from './headers.ts';
import { component, type MessageView } from './component.ts';
import type { HttpMessage } from './httpMessage.ts';
import type { RequestMessage } from '../message.ts';
import { verifyBytes, type VerificationKey } from './key.ts';
import { FieldReader, FieldSyntaxError } from './structuredField.ts';

export interface AnySignature {
  readonly label: string;
  readonly base: string;
  readonly signature: Buffer;
}

/**
 * Every signature of a message with its base.
 * @param request the request that a reply answers, for `;req` components
 * @throws Problem signature_missing, signature_input_malformed, signature_malformed, component_unexpected
 */
export function readAnySignatures(message: HttpMessage, request?: RequestMessage): readonly AnySignature[] {
  const view = messageView(message, request);
  const input = view.headers.get('signature-input');
  const field = view.headers.get('signature');
  if (input === undefined || field === undefined) throw new Problem('signature_missing');
  const signatures = readSignatures(field);
  return readInputs(input).map(({ label, items, parametersText }) => {
    const signature = signatures.get(label);
    if (signature === undefined) throw new Problem('signature_missing', {}, { at: `signature;${label}` });
    const base = signatureBase(items, parametersText, view);
    if (typeof base !== 'string')
      throw new Problem('component_unexpected', { component: base.missing.id }, { at: base.missing.id });
    return { label, base, signature };
  });
}

/** Whether one of the message's signatures is the key's. It does not check which components it covers or the body's digest. */
export function verifyAnySignature(signature: AnySignature, key: VerificationKey): boolean {
  return verifyBytes(Buffer.from(signature.base, 'latin1'), signature.signature, key);
}

function messageView(message: HttpMessage, request: RequestMessage | undefined): MessageView {
  const { rawHeaders } = message.message;
  const answered = request === undefined ? {} : { request: requestView(request) };
  return message.kind === 'request'
    ? requestView(message.message)
    : { status: message.message.status, headers: joinedHeaders(rawHeaders), ...answered };
}

function requestView({ method, targetUri, rawHeaders }: RequestMessage): MessageView {
  return { method, targetUri, headers: joinedHeaders(rawHeaders) };
}

function readInputs(input: string) {
  return readField('signature_input_malformed', input, (reader) => {
    const label = reader.key();
    reader.need('=');
    const start = reader.position;
    const items = reader.innerList(64).map((item) => component(item, start));
    reader.parameters();
    return { label, items, parametersText: input.slice(start, reader.position) };
  });
}

function readSignatures(field: string): ReadonlyMap<string, Buffer> {
  return new Map(
    readField('signature_malformed', field, (reader): [string, Buffer] => {
      const label = reader.key();
      reader.need('=');
      return [label, reader.bytes(1024)];
    }),
  );
}

function readField<T>(
  code: 'signature_input_malformed' | 'signature_malformed',
  text: string,
  member: (reader: FieldReader) => T,
): T[] {
  const reader = new FieldReader(text);
  const members: T[] = [];
  try {
    for (;;) {
      members.push(member(reader));
      if (reader.ended) return members;
      reader.need(',');
      reader.take(' ');
    }
  } catch (error) {
    if (!(error instanceof FieldSyntaxError)) throw error;
    throw new Problem(code, {}, { expected: `${error.expected} at character ${error.position + 1}` });
  }
}
