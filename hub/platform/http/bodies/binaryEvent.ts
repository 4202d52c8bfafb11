/**
 * A CloudEvent in binary mode (CloudEvents HTTP protocol binding 1.0 §3.1): its attributes are `ce-` headers, the body is its data. It is
 * validated and answered as the same event in structured mode.
 */
import type { ErrorObject } from 'ajv/dist/2020.js';
import { invalidPart, publicName } from '../contract/requestFindings.ts';

const prefix = 'ce-';
/** An operation with this media type takes CloudEvents. */
const structuredType = 'application/cloudevents+json';

/**
 * The event that headers and body form together.
 * @param content media types that the operation takes
 * @param rawHeaders name, value, name, value …; none occurs twice
 * @param data the parsed body
 * @returns undefined where the call has no `ce-` header, or where the operation takes no events
 * @throws Problem invalid_request where it is also in structured mode, or where the value of a header is wrongly encoded
 */
export function binaryEvent(
  content: ReadonlyMap<string, unknown>,
  rawHeaders: readonly string[],
  data: unknown,
): Readonly<Record<string, unknown>> | undefined {
  if (!content.has(structuredType)) return undefined;
  const headers = pairsOf(rawHeaders);
  const attributes = headers.filter(([name]) => name.startsWith(prefix));
  if (attributes.length === 0) return undefined;
  const mediaType = headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  if (mediaType.toLowerCase().startsWith('application/cloudevents') || isStructured(data))
    throw invalidPart('/header/content-type', 'mode', {
      zh: '带 ce- 请求头时，正文只是事件的 data（application/json），不是整个事件',
      en: 'with ce- headers the body is the data of the event (application/json), not the whole event',
    });
  const event = new Map<string, unknown>([
    ['datacontenttype', 'application/json'],
    ['data', data],
  ]);
  for (const [name, value] of attributes) {
    const attribute = name.slice(prefix.length);
    // these two have no header: the data is the body, and its type is that of the body
    if (event.has(attribute))
      throw invalidPart(`/header/${name}`, 'unknown', {
        zh: '没有这个请求头：data 是正文，datacontenttype 是 Content-Type',
        en: 'no such header: the data is the body, and its type is Content-Type',
      });
    event.set(attribute, decoded(name, value));
  }
  return Object.fromEntries(event);
}

/** Names in lower case, with their values. */
function pairsOf(rawHeaders: readonly string[]): readonly (readonly [name: string, value: string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    pairs.push([(rawHeaders[at] ?? '').toLowerCase(), rawHeaders[at + 1] ?? '']);
  return pairs;
}

const isStructured = (data: unknown): boolean =>
  typeof data === 'object' &&
  data !== null &&
  ['specversion', 'id', 'source', 'type'].every((name) => Object.hasOwn(data, name));

/** Other characters than visible ASCII are percent-encoded UTF-8. */
function decoded(name: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw invalidPart(`/header/${publicName(name)}`, 'encoding', {
      zh: '不是百分号编码的 UTF-8',
      en: 'it is not percent-encoded UTF-8',
    });
  }
}

/** An error of the validator about such an event, at the header or in the body where its sender finds it; none for what follows from others. */
export function atHeader(error: ErrorObject): readonly ErrorObject[] {
  const [, , attribute, ...rest] = error.instancePath.split('/');
  const { missingProperty, additionalProperty } = error.params as {
    readonly missingProperty?: string;
    readonly additionalProperty?: string;
  };
  const named = attribute ?? missingProperty ?? additionalProperty;
  // the alternatives of the body: an array of events, and the choice between both
  if (named === undefined) return [];
  const instancePath =
    named === 'data' ? ['/body', ...rest].join('/') : `/header/${prefix}${publicName(named)}`;
  return [{ ...error, instancePath }];
}
