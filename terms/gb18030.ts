/** Encodes text as GB18030 bytes. Node decodes GB18030 but does not encode it, so this inverts the decoder's table. */
import { lazily } from './lazily.ts';

const pairTable = lazily((): ReadonlyMap<string, number> => {
  const table = new Map<string, number>();
  const decoder = new TextDecoder('gb18030');
  const row = new Uint8Array(2 * 190);
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    const codes: number[] = [];
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      if (trail === 0x7f) continue;
      row.set([lead, trail], 2 * codes.length);
      codes.push((lead << 8) | trail);
    }
    [...decoder.decode(row)].forEach((character, i) => {
      const code = codes[i];
      if (code !== undefined && !table.has(character)) table.set(character, code);
    });
  }
  return table;
});

/** @throws RangeError for a character that has no two-byte form */
export function encodeGb18030(text: string): Uint8Array {
  const pairs = pairTable();
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const pair = point < 0x80 ? undefined : pairs.get(character);
    if (point < 0x80) bytes.push(point);
    else if (pair !== undefined) bytes.push(pair >> 8, pair & 0xff);
    else throw new RangeError(`U+${point.toString(16)} has no two-byte form in GB18030`);
  }
  return Uint8Array.from(bytes);
}
