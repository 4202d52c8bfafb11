import { Problem } from '../../../terms/problem.ts';
import type { Bytes } from '../reader.ts';
import { withoutEndMarks } from './endMarks.ts';
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
  /** Compares every line with the limit, also one that is whole in its chunk. */
  const check = (text: string): void => {
    const start = longLine(text, limit >> 1);
    if (start < 0) return;
    const before = line + count(text.slice(0, start), '\n');
    throw new Problem('file_record_too_long', { line: before, byte: offset + start * 2, limit });
  };
  for await (const chunk of bytes) {
    const text = rest + decoder.decode(chunk, { stream: true });
    check(text);
    const end = Math.max(text.lastIndexOf('\n'), lastInnerCr(text)) + 1;
    rest = text.slice(end);
    if (end === 0) continue;
    offset += end * 2;
    const block = text.slice(0, end);
    line += count(block, '\n');
    yield blockOf(block, encoding);
  }
  const last = withoutEndMarks(rest + decoder.decode());
  check(last);
  if (last !== '') yield blockOf(last, encoding);
}

const lastInnerCr = (text: string): number =>
  text.length < 2 ? -1 : text.lastIndexOf('\r', text.length - 2);

/** Start of the first line of more characters than the limit; below 0 where there is none. */
function longLine(text: string, limit: number): number {
  for (let at = 0; text.length - at > limit;) {
    const window = text.slice(at, at + limit + 1);
    const end = Math.max(window.lastIndexOf('\n'), window.lastIndexOf('\r'));
    if (end < 0) return at;
    at += end + 1;
  }
  return -1;
}

function count(text: string, character: string): number {
  let found = 0;
  for (let i = text.indexOf(character); i >= 0; i = text.indexOf(character, i + 1)) found += 1;
  return found;
}

/** Without a fatal decoder every U+FFFD counts as undecodable: a lone surrogate cannot be distinguished from a written U+FFFD. */
const blockOf = (text: string, encoding: string): TextBlock => ({
  text,
  undecodable: text.includes('\ufffd'),
  encoding,
});
