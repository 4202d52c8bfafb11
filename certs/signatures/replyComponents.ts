/** The components that the signature of a reply covers, depending on the reply and its request. */
import { component, type Component, dictionaryMember } from './component.ts';
import type { RequestHead } from '../message.ts';
import { isPlainValue } from './headers.ts';
import type { MessageView } from './component.ts';
import { maxHeaderValueLength, requestLabel } from './profile.ts';

const request = { req: true } as const;
const all: readonly Component[] = [
  component({ value: '@status', parameters: {} }),
  component({ value: 'content-type', parameters: {} }),
  component({ value: 'content-digest', parameters: {} }),
  component({ value: 'datong-exchange-id', parameters: {} }),
  component({ value: 'datong-receipt', parameters: {} }),
  component({ value: 'repr-digest', parameters: {} }),
  component({ value: '@method', parameters: request }),
  component({ value: '@target-uri', parameters: request }),
  component({ value: 'content-digest', parameters: request }),
  component({ value: 'signature', parameters: { ...request, key: requestLabel } }),
];

/** Covered in every reply. */
const always: ReadonlySet<string> = new Set([
  '"@status"',
  '"content-digest"',
  '"@method";req',
  '"@target-uri";req',
]);

export interface ReplyShape {
  readonly components: readonly Component[];
  /** the inner list of their identifiers */
  readonly list: string;
}

/** The components that a reply may lack, as one mark each: every possible combination, computed once. */
const shapes: ReadonlyMap<string, ReplyShape> = new Map(
  all
    .reduce<readonly string[]>(
      (marks, { id }) => marks.flatMap((mark) => (always.has(id) ? [`${mark}1`] : [`${mark}0`, `${mark}1`])),
      [''],
    )
    .map((mark) => {
      const components = all.filter((_, i) => mark[i] === '1');
      return [mark, { components, list: `(${components.map(({ id }) => id).join(' ')})` }];
    }),
);

/**
 * The components of a reply: its own status, type, digest, exchange id and receipt; of the request method, target, digest and signature.
 * Components that a rejected request or an early rejection lacks are omitted.
 */
export function replyShape(view: MessageView): ReplyShape {
  let mark = '';
  for (const { name, id, ofRequest, member } of all) {
    const headers = ofRequest ? view.request?.headers : view.headers;
    const value = headers?.get(name);
    const present =
      always.has(id) ||
      (value !== undefined && (member === undefined || dictionaryMember(value, member) !== undefined));
    mark += present ? '1' : '0';
  }
  const shape = shapes.get(mark);
  if (shape === undefined) throw new RangeError('no such reply');
  return shape;
}

/** The same for a stream's head, whose digest is not known. */
export function streamShape(view: MessageView): ReplyShape {
  const whole = replyShape(view);
  const components = whole.components.filter(({ id }) => id !== '"content-digest"');
  return { components, list: `(${components.map(({ id }) => id).join(' ')})` };
}

/**
 * The request in the view of a reply's signature. Its digest and signature count only where they occur once and are well-formed, so that
 * both sides read the same bytes from a malformed request.
 */
export function requestView(message: RequestHead): MessageView {
  const headers = new Map<string, string>();
  for (let i = 0; i < message.rawHeaders.length; i += 2) {
    const name = message.rawHeaders[i] ?? '';
    if (name.length !== 9 && name.length !== 14) continue; // signature, content-digest
    const lower = name.toLowerCase();
    if (lower !== 'signature' && lower !== 'content-digest') continue;
    const value = message.rawHeaders[i + 1] ?? '';
    headers.set(lower, headers.has(lower) ? '' : value);
  }
  for (const [name, value] of headers) if (!isPlainValue(value, maxHeaderValueLength)) headers.delete(name);
  return { method: message.method, targetUri: message.targetUri, headers };
}
