/** Bytes of an XML file → text, in the encoding that its declaration names. */
import { TextDecoder } from 'node:util';
import { Problem } from '../../terms/problem.ts';
import type { Bytes } from '../reader.ts';
import { encodingOf } from '../text/encodings.ts';
import { byteOrderMark, wideWithoutMark } from '../text/sniffEncoding.ts';

const declarationBytes = 1024;

/** @throws Problem encoding_unknown, file_encoding_wrong */
export async function* xmlText(bytes: Bytes, label: string): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  let held: Uint8Array = new Uint8Array(0);
  let line = 1;
  let offset = 0;
  const decode = (open: TextDecoder, chunk: Uint8Array | undefined): string => {
    try {
      const text = chunk === undefined ? open.decode() : open.decode(chunk, { stream: true });
      for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) line += 1;
      offset += chunk?.length ?? 0;
      return text;
    } catch {
      throw brokenAt(open.encoding, chunk ?? new Uint8Array(0), line, offset);
    }
  };
  for await (const chunk of bytes) {
    if (decoder !== undefined) {
      yield decode(decoder, chunk);
      continue;
    }
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    if (held.length < declarationBytes) continue;
    decoder = new TextDecoder(declaredEncoding(held, label), { fatal: true });
    yield decode(decoder, held);
  }
  if (decoder === undefined) {
    if (held.length === 0) throw new Problem('file_empty');
    decoder = new TextDecoder(declaredEncoding(held, label), { fatal: true });
    yield decode(decoder, held);
  }
  yield decode(decoder, undefined);
}

function declaredEncoding(start: Uint8Array, label: string): string {
  const mark = byteOrderMark(start);
  if (mark !== undefined) return mark.encoding;
  if (label !== 'auto') return encodingOf(label);
  const wide = wideWithoutMark(start.subarray(0, 256));
  if (wide !== undefined) return wide;
  const head = Buffer.from(start.subarray(0, declarationBytes)).toString('latin1');
  const declared = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1];
  return encodingOf(declared ?? 'utf-8');
}

/** The line on which the first character stands that cannot be decoded. */
function brokenAt(encoding: string, chunk: Uint8Array, line: number, offset: number): Problem {
  const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(chunk);
  const before = text.slice(0, Math.max(0, text.indexOf('\ufffd')));
  const lines = before.split('\n').length - 1;
  const lineStart = chunk.subarray(0, chunk.length);
  let byte = 0;
  for (let n = 0; n < lines; n += 1) byte = lineStart.indexOf(10, byte) + 1;
  return new Problem('file_encoding_wrong', { line: line + lines, byte: offset + byte, encoding });
}
