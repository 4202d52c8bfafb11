/** A raw HTTP/1.1 message in a file: the format of stored evidence, and the input of `datong client signature verify`. */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { FaultWord } from '../../terms/factWords.ts';
import { Problem } from '../../terms/problem.ts';
import type { ReplyMessage, RequestMessage } from '../message.ts';

export type HttpMessage =
  | { readonly kind: 'request'; readonly message: RequestMessage }
  | { readonly kind: 'reply'; readonly message: ReplyMessage };

const malformed = (reason: FaultWord | Bilingual): Problem => new Problem('message_malformed', { reason });

/**
 * Reads start line, header lines and body. Lines may end in CRLF or LF, because editors change them. The body is everything after the
 * empty line, decoded, and must agree with Content-Length where there is one.
 * @param origin the hub's public origin; default `https://` + Host
 * @throws Problem message_malformed
 */
export function parseHttpMessage(bytes: Uint8Array, origin?: string): HttpMessage {
  const { head, rest } = splitHead(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const [start = '', ...lines] = head
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  const rawHeaders = lines.flatMap(headerLine);
  const body = bodyOf(rest, rawHeaders);
  const words = start.split(' ');
  if (start.startsWith('HTTP/1.')) {
    const status = Number(words[1]);
    if (!Number.isInteger(status) || status < 100 || status > 599)
      throw malformed('no status in its first line');
    return { kind: 'reply', message: { status, rawHeaders, body } };
  }
  const [method = '', target = '', version = ''] = words;
  if (words.length !== 3 || !version.startsWith('HTTP/1.') || !target.startsWith('/'))
    throw malformed('the first line is neither "METHOD /path HTTP/1.1" nor "HTTP/1.1 200 …"');
  const host = origin ?? `https://${headerValue(rawHeaders, 'host') ?? ''}`;
  if (!URL.canParse(host)) throw malformed('it has no Host; name the origin');
  return { kind: 'request', message: { method, targetUri: `${host}${target}`, rawHeaders, body } };
}

function splitHead(bytes: Buffer): { head: string; rest: Buffer } {
  const crlf = bytes.indexOf('\r\n\r\n');
  const lf = bytes.indexOf('\n\n');
  const end = crlf >= 0 && (lf < 0 || crlf < lf) ? crlf : lf;
  if (end < 0) throw malformed('there is no empty line after its headers');
  return { head: bytes.toString('latin1', 0, end), rest: bytes.subarray(end + (end === crlf ? 4 : 2)) };
}

function headerLine(line: string): [string, string] {
  const colon = line.indexOf(':');
  if (colon < 1 || /[\s]/.test(line.slice(0, colon))) throw malformed('a header line has no name');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

function bodyOf(rest: Buffer, rawHeaders: readonly string[]): Buffer {
  const length = headerValue(rawHeaders, 'content-length');
  if (length === undefined) return rest;
  const bytes = Number(length);
  const extra = rest.toString('latin1', bytes);
  if (rest.length < bytes || !['', '\n', '\r\n'].includes(extra))
    throw malformed({
      zh: `Content-Length 为 ${length}，正文有 ${rest.length} 字节`,
      en: `Content-Length is ${length}, its body has ${rest.length} bytes`,
    });
  return rest.subarray(0, bytes);
}

function headerValue(rawHeaders: readonly string[], wanted: string): string | undefined {
  const at = rawHeaders.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === wanted);
  return at < 0 ? undefined : rawHeaders[at + 1];
}

/** The stored bytes of a request: with Host, and Content-Length where there is a body. */
export function requestBytes(message: RequestMessage): Buffer {
  const { host, pathname, search } = new URL(message.targetUri);
  return messageBytes(`${message.method} ${pathname}${search} HTTP/1.1`, ['host', host], message);
}

/** The stored bytes of a reply. */
export function replyBytes(message: ReplyMessage): Buffer {
  return messageBytes(`HTTP/1.1 ${message.status} `, [], message);
}

function messageBytes(
  start: string,
  first: readonly string[],
  message: RequestMessage | ReplyMessage,
): Buffer {
  const headers = [...first, ...message.rawHeaders];
  const lines: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? '';
    const repeated = i > 0 && name.toLowerCase() === first[0];
    // the stored body is decoded and complete: its length replaces the framing of the connection
    if (!repeated && !/^(transfer-encoding|content-length)$/i.test(name))
      lines.push(`${name}: ${headers[i + 1] ?? ''}`);
  }
  lines.push(`content-length: ${message.body.length}`);
  return Buffer.concat([Buffer.from(`${start}\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1'), message.body]);
}
