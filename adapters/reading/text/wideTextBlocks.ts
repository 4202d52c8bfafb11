import { Problem } from '../../../terms/problem.ts';
import type { Bytes } from '../reader.ts';
import { withoutEndMarks } from './endMarks.ts';
import type { TextBlock } from './textBlock.ts';
import { utf16Units } from './utf16Units.ts';

/** Decodes UTF-16 into text blocks that end at a line end. @throws Problem file_record_too_long */
export async function* wideTextBlocks(
  encoding: string,
  bytes: Bytes,
  limit: number,
): AsyncGenerator<TextBlock> {
  const bigEndian = encoding === 'utf-16be';
  let odd: Uint8Array = new Uint8Array(0);
  let rest = '';
  let line = 1;
  /** of `rest` in the file; undefined before the first chunk */
  let offset: number | undefined;
  /** Compares every line with the limit, also one that is whole in its chunk. */
  const check = (text: string): void => {
    const start = longLine(text, limit >> 1);
    if (start < 0) return;
    const before = line + count(text.slice(0, start), '\n');
    throw new Problem('file_record_too_long', { line: before, byte: (offset ?? 0) + start * 2, limit });
  };
  for await (const chunk of bytes) {
    const all = odd.length === 0 ? chunk : Buffer.concat([odd, chunk]);
    odd = all.subarray(all.length & ~1);
    const units = utf16Units(all, bigEndian);
    const hasMark = offset === undefined && units.startsWith('\ufeff');
    const text = rest + (hasMark ? units.slice(1) : units);
    if (units !== '') offset ??= hasMark ? 2 : 0;
    check(text);
    const end = Math.max(text.lastIndexOf('\n'), lastInnerCr(text)) + 1;
    rest = text.slice(end);
    if (end === 0) continue;
    const block = blockOf(text.slice(0, end), encoding, offset ?? 0);
    offset = block.offset + end * 2;
    line += count(block.text, '\n');
    yield block;
  }
  // half a character: no text, as a lone surrogate
  const last = withoutEndMarks(rest + (odd.length === 0 ? '' : '\ud800'));
  check(last);
  if (last !== '') yield blockOf(last, encoding, offset ?? 0);
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

/** Lines with their ends, and an empty one at the end. */
export const textLines = /[^\r\n]*(?:\r\n|\n|\r|$)/g;

/** @param text with lone surrogates where there is no character @param offset bytes of the file before it */
function blockOf(text: string, encoding: string, offset: number): TextBlock {
  if (text.isWellFormed()) return { text, offset, undecodable: false, encoding };
  const undecodableLines = new Map<number, number>();
  let number = 0;
  for (const { 0: line, index } of text.matchAll(textLines)) {
    if (!line.isWellFormed()) undecodableLines.set(number, offset + index * 2);
    number += 1;
  }
  return { text: text.toWellFormed(), offset, undecodable: true, undecodableLines, encoding };
}
