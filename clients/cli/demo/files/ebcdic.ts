/**
 * Text and amounts as a host of CCSID 935 writes them: EBCDIC, Chinese in pairs between SO and SI, packed decimals. The adapters only
 * read these, so their tables are taken backwards.
 */
import { lazily } from '../../../../terms/lazily.ts';
import { codePage } from '../../../../adapters/copybook/codePages/codePage.ts';
import { hostChinese } from '../../../../adapters/copybook/codePages/hostChinese.ts';

const shiftOut = 0x0e;
const shiftIn = 0x0f;
const blank = 0x40;

const pairTable = lazily((): ReadonlyMap<number, number> => {
  const table = new Map<number, number>();
  for (let pair = 0x4141; pair <= 0xfefe; pair += 1) {
    const point = hostChinese(pair);
    if (point !== 0xfffd && !table.has(point)) table.set(point, pair);
  }
  return table;
});

/** A field of text, filled up with blanks. @throws RangeError for a text that is too long, or a character the host does not have */
export function hostText(text: string, length: number): Uint8Array {
  const pairs = pairTable();
  const { table } = codePage('cp935');
  const bytes: number[] = [];
  let double = false;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const chinese = point >= 0x80;
    if (chinese !== double) bytes.push(chinese ? shiftOut : shiftIn);
    double = chinese;
    const code = chinese ? pairs.get(point) : table.indexOf(point, blank);
    if (code === undefined || code < 0) throw new RangeError(`U+${point.toString(16)} is not on the host`);
    if (chinese) bytes.push(code >> 8);
    bytes.push(code & 0xff);
  }
  if (double) bytes.push(shiftIn);
  if (bytes.length > length) throw new RangeError(`${bytes.length} bytes for a field of ${length}`);
  return Uint8Array.from({ length }, (_, i) => bytes[i] ?? blank);
}

/** COMP-3 of a whole number of units: two digits a byte, C in the last half byte. @param digits declared, odd. */
export const packed = (units: number, digits: number): Uint8Array =>
  Buffer.from(`${String(units).padStart(digits, '0')}c`, 'hex');
