/**
 * JSON bodies. JSON must mean the same to every reader: UTF-8 without a byte order mark, no repeated member names (RFC 8259 §4 leaves their
 * meaning open, so a signer and a reader could see different documents), no `__proto__`, a bounded depth, and no number whose digits a double
 * does not keep (RFC 8259 §6: readers take another one for it).
 */
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { ambiguousName, hasInexactNumber, parseMarkingInexact } from '../../../../terms/jsonText.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { ContractOperation } from '../contract/contract.ts';
import {
  invalidPart,
  invalidParts,
  maxFindings,
  memberName,
  type RequestFinding,
} from '../contract/requestFindings.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const maxDepth = 64;

/** @throws Problem malformed_json, invalid_request at each number that is not exact */
export function parseStrictJson(bytes: Uint8Array): unknown {
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(bytes);
    value = JSON.parse(text) as unknown;
  } catch (error) {
    throw new Problem('malformed_json', {}, { cause: error });
  }
  if (ambiguousName(text, maxDepth) !== undefined) throw new Problem('malformed_json');
  if (hasInexactNumber(text)) {
    const findings: RequestFinding[] = [];
    for (const pointer of inexactPlaces(parseMarkingInexact(text), '/body')) {
      findings.push({ pointer, rule: 'number.inexact', message: inexact });
      if (findings.length === maxFindings) break;
    }
    throw invalidParts(findings);
  }
  return value;
}

const inexact: Bilingual = {
  zh: '位数过多，或数值过大、过小，无法按双精度数精确保存：请减少位数，或使用文本数据项',
  en: 'has too many digits, or is too large or too small, to be stored exactly as a double: send fewer digits, or use a field of texts',
};

/** Pointers to the numbers that `parseMarkingInexact` marked. */
function* inexactPlaces(value: unknown, pointer: string): Generator<string> {
  if (value === Infinity) yield pointer;
  if (typeof value !== 'object' || value === null) return;
  const isList = Array.isArray(value);
  for (const [name, one] of Object.entries(value))
    yield* inexactPlaces(one, `${pointer}/${isList ? name : memberName(name)}`);
}

/**
 * The JSON of a body, not validated yet; undefined if the operation takes bytes, anything or nothing.
 * @param rawHeaders name, value, name, value …
 * @throws Problem unsupported_media_type, malformed_json, invalid_request (a missing or an unexpected body, a number that is not exact)
 */
export function readJsonBody(
  { anyBody, rawBody, body }: Pick<ContractOperation, 'anyBody' | 'rawBody' | 'body'>,
  rawHeaders: readonly string[],
  bytes: Uint8Array,
): unknown {
  if (anyBody) return undefined;
  if (body === undefined) {
    if (bytes.length > 0)
      throw invalidPart('/body', 'unexpected', { zh: '该操作不带正文', en: 'this operation takes no body' });
    return undefined;
  }
  checkMediaType(body.content, rawHeaders);
  if (rawBody || !body.content.has('application/json')) return undefined;
  if (bytes.length === 0)
    throw invalidPart('/body', 'required', { zh: '必须有正文', en: 'a body is required' });
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
