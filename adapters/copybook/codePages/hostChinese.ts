import { lazily } from '../../../terms/lazily.ts';
import { hostChineseRuns } from './hostChineseRuns.ts';

/** 191 codes a row: 40–FE. */
const rowLength = 191;

/** Code point of a double-byte host code (CCSID 935, 1388); U+FFFD for codes without a character. */
export function hostChinese(pair: number): number {
  if (pair === 0x4040) return 0x3000;
  const row = (pair >> 8) - 0x40;
  const column = (pair & 0xff) - 0x40;
  if (row < 0 || column < 0 || column >= rowLength) return 0xfffd;
  return hostTable()[row * rowLength + column] ?? 0xfffd;
}

const hostTable = lazily((): Uint32Array => {
  const filled = new Uint32Array(rowLength * rowLength).fill(0xfffd);
  const decoder = new TextDecoder('gb18030');
  let host = 0;
  for (const run of hostChineseRuns.split(',')) {
    const [gap = 0, first = 0, length = 0] = run.split(' ').map((word) => Number.parseInt(word, 36));
    host += gap;
    const characters = [...decoder.decode(gb18030Run(first, length))];
    characters.forEach((character, i) => {
      filled[host + i] = character.codePointAt(0) ?? 0xfffd;
    });
    host += length;
  }
  return filled;
});

const fourByteFrom = 30_000;

function gb18030Run(first: number, length: number): Uint8Array {
  const bytes: number[] = [];
  for (let index = first; index < first + length; index += 1) {
    if (index < fourByteFrom) {
      const trail = index % 190;
      bytes.push(0x81 + Math.floor(index / 190), 0x40 + trail + (trail >= 0x3f ? 1 : 0));
    } else {
      let rest = index - fourByteFrom;
      const fourth = rest % 10;
      rest = Math.floor(rest / 10);
      const third = rest % 126;
      rest = Math.floor(rest / 126);
      bytes.push(0x81 + Math.floor(rest / 10), 0x30 + (rest % 10), 0x81 + third, 0x30 + fourth);
    }
  }
  return Uint8Array.from(bytes);
}
