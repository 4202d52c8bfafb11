/** Decodes bytes into text in pieces as they arrive, for formats whose records do not end with lines. */
import { TextDecoder } from 'node:util';
import { Problem } from '../../../terms/problem.ts';
import type { Bytes } from '../reader.ts';
import { evenChunks } from './evenChunks.ts';
import { searched } from './searched.ts';

/** Number of bytes collected before the encoding is determined. */
export const startBytes = 1024;

/**
 * @param encodingOfStart the decoder's name, from the first bytes
 * @param lineReached returns the line on which the delivered text ends, from a reader that counts lines; otherwise lines are counted here
 * @throws Problem file_empty, encoding_unknown, file_encoding_wrong with line and byte
 */
export async function* streamText(
  bytes: Bytes,
  encodingOfStart: (start: Uint8Array) => string,
  lineReached?: () => number,
): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  let held: Uint8Array = new Uint8Array(0);
  let line = 1;
  let offset = 0;
  /** start of the line that the text so far ends in, in bytes */
  let lineStart = 0;
  const decode = (open: TextDecoder, chunk: Uint8Array | undefined): string => {
    try {
      const text = chunk === undefined ? open.decode() : open.decode(chunk, { stream: true });
      if (lineReached === undefined)
        for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) line += 1;
      if (chunk !== undefined) {
        const end = searched(chunk).lastIndexOf(10) + 1;
        if (end > 0) lineStart = offset + end;
        offset += chunk.length;
      }
      return text;
    } catch {
      const reached = { line: lineReached?.() ?? line, lineStart, offset };
      throw brokenAt(open.encoding, chunk ?? new Uint8Array(0), reached);
    }
  };
  for await (const chunk of evenChunks(bytes)) {
    if (decoder !== undefined) {
      yield decode(decoder, chunk);
      continue;
    }
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    if (held.length < startBytes) continue;
    decoder = new TextDecoder(encodingOfStart(held), { fatal: true });
    yield decode(decoder, held);
  }
  if (decoder === undefined) {
    if (held.length === 0) throw new Problem('file_empty');
    decoder = new TextDecoder(encodingOfStart(held), { fatal: true });
    yield decode(decoder, held);
  }
  yield decode(decoder, undefined);
}

/**
 * The line of the first character that cannot be decoded.
 * @param reached the line in which the chunk begins, its first byte, and that of the chunk
 */
function brokenAt(
  encoding: string,
  chunk: Uint8Array,
  reached: { readonly line: number; readonly lineStart: number; readonly offset: number },
): Problem {
  const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(chunk);
  const before = text.slice(0, Math.max(0, text.indexOf('\ufffd')));
  const lines = before.split('\n').length - 1;
  let start = 0;
  for (let n = 0; n < lines; n += 1) start = chunk.indexOf(10, start) + 1;
  const byte = lines === 0 ? reached.lineStart : reached.offset + start;
  return new Problem('file_encoding_wrong', { line: reached.line + lines, byte, encoding });
}
