import { Problem } from '../../../terms/problem.ts';
import type { Bytes } from '../reader.ts';
import type { TextBlock } from './textBlock.ts';

/** Decodes UTF-16 into text blocks that end at a line end. @throws Problem file_record_too_long */
export async function* wideTextBlocks(
  encoding: string,
  bytes: Bytes,
  limit: number,
): AsyncGenerator<TextBlock> {
  const decoder = new TextDecoder(encoding);
  let rest = '';
  let line = 1;
  let offset = 0;
  for await (const chunk of bytes) {
    const text = rest + decoder.decode(chunk, { stream: true });
    const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r', text.length - 2)) + 1;
    rest = text.slice(end);
    if (rest.length * 2 > limit)
      throw new Problem('file_record_too_long', { line, byte: offset + end * 2, limit });
    if (end === 0) continue;
    offset += end * 2;
    const block = text.slice(0, end);
    for (let i = block.indexOf('\n'); i >= 0; i = block.indexOf('\n', i + 1)) line += 1;
    yield blockOf(block, encoding);
  }
  const last = withoutEndMark(rest + decoder.decode());
  if (last !== '') yield blockOf(last, encoding);
}

/** A final U+001A (Ctrl-Z) is how DOS programs end a text. */
export function withoutEndMark(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0x1a) end -= 1;
  return text.slice(0, end);
}

/** Without a fatal decoder every U+FFFD counts as undecodable: a lone surrogate cannot be distinguished from a written U+FFFD. */
const blockOf = (text: string, encoding: string): TextBlock => ({
  text,
  undecodable: text.includes('\ufffd'),
  encoding,
});
