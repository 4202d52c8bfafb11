import { Problem } from '../../../terms/problem.ts';
import type { ContractOperation } from '../contract/contract.ts';
import { refused } from '../contract/requestFindings.ts';
import { parseStrictJson } from './strictJson.ts';

/**
 * The JSON of a body, its shape not yet checked; undefined where the operation takes bytes, anything or nothing.
 * @param rawHeaders name, value, name, value …
 * @throws Problem unsupported_media_type, malformed_json, invalid_request (a body too many or too few)
 */
export function readJsonBody(
  { anyBody, body }: Pick<ContractOperation, 'anyBody' | 'body'>,
  rawHeaders: readonly string[],
  bytes: Uint8Array,
): unknown {
  if (anyBody) return undefined;
  if (body === undefined) {
    if (bytes.length > 0)
      throw refused('/body', 'unexpected', { zh: '该操作不带正文', en: 'this operation takes no body' });
    return undefined;
  }
  checkMediaType(body.content, rawHeaders);
  if (!body.content.has('application/json')) return undefined;
  if (bytes.length === 0) throw refused('/body', 'required', { zh: '必须有正文', en: 'a body is required' });
  return parseStrictJson(bytes);
}

/** @throws Problem unsupported_media_type for another type, another charset, or any content coding */
function checkMediaType(content: ReadonlyMap<string, unknown>, rawHeaders: readonly string[]): void {
  const expected = [...content.keys()].join(', ');
  const coding = headerValue(rawHeaders, 'content-encoding');
  const type = headerValue(rawHeaders, 'content-type') ?? '';
  const [media = '', ...parameters] = type.split(';').map((part) => part.trim().toLowerCase());
  const plain = parameters.every(
    (parameter) => parameter === 'charset=utf-8' || parameter === 'charset="utf-8"',
  );
  if (coding === undefined && plain && content.has(media)) return;
  throw new Problem('unsupported_media_type', { expected }, { at: 'content-type', expected });
}

function headerValue(rawHeaders: readonly string[], wanted: string): string | undefined {
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (name.length === wanted.length && name.toLowerCase() === wanted) return rawHeaders[i + 1];
  }
  return undefined;
}
