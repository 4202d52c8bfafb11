/** One elementary field of a record. */
import { binaryReader, binarySize } from './binaryNumbers.ts';
import { invalid, type Usage } from './clauseWords.ts';
import { editedReader } from './editedNumbers.ts';
import { absent, floatReader, packedReader, type ReadNumber } from './numbers.ts';
import type { CopybookOptions } from './options.ts';
import type { Item } from './parseCopybook.ts';
import type { Picture } from './picture.ts';
import type { RecordSource } from './recordSource.ts';
import { dbcsReader, nationalReader, textReader, type ReadText } from './textReader.ts';
import { zonedReader } from './zonedNumbers.ts';

export interface Leaf {
  readonly size: number;
  readonly rule: 'copybook.number' | 'copybook.text';
  /** @param end where field or record ends, whichever is first. @returns undefined where the bytes are no such value */
  readonly read: (source: RecordSource, at: number, end: number) => string | number | null | undefined;
}

/** Usages that a picture without digits can have. */
const usagesOf: Readonly<Record<Exclude<Picture['kind'], 'number'>, readonly Usage[]>> = {
  text: ['display'],
  edited: ['display'],
  national: ['display', 'national', 'dbcs'],
  dbcs: ['display', 'dbcs'],
};

/** @throws Problem copybook_invalid for a field without a picture that needs one, or with one that its usage cannot hold */
export function leafReader(item: Item, options: CopybookOptions): Leaf {
  const { picture, usage } = item;
  if (usage === 'float' || usage === 'double')
    return number(floatReader(usage === 'double', options.floatFormat, options.binaryEndian !== 'big'));
  if (picture === undefined) throw invalid(item, item.name);
  if (picture.kind === 'number') return numberLeaf(item, picture, options);
  if (!usagesOf[picture.kind].includes(usage)) throw invalid(item, `${item.name} ${usage.toUpperCase()}`);
  switch (picture.kind) {
    case 'text':
      return text(picture.length, textReader(options, fieldPage(item, options)));
    case 'national':
      return text(picture.length * 2, usage === 'dbcs' ? dbcsReader(options) : nationalReader(options));
    case 'dbcs':
      return text(picture.length * 2, dbcsReader(options));
    case 'edited': {
      const shown = textReader(options, undefined);
      if (!picture.numeric) return text(picture.length, shown);
      const read = editedReader(picture.symbols, options.decimalComma, shown);
      if (read === undefined) throw invalid(item, `PIC ${picture.symbols}`);
      return { size: picture.length, rule: 'copybook.number', read };
    }
  }
}

/** A number in the form of its usage. */
function numberLeaf(
  item: Item,
  { digits, scale, signed }: Extract<Picture, { readonly kind: 'number' }>,
  options: CopybookOptions,
): Leaf {
  if (item.usage === 'packed') return number(packedReader(digits, scale));
  if (item.usage === 'binary' || item.usage === 'comp5') {
    const size = binarySize(digits, signed, options.binarySize);
    if (size === undefined) throw invalid(item, `${item.name} PIC 9(${digits})`);
    const native = item.usage === 'comp5';
    const littleEndian =
      options.binaryEndian === 'little' || (native && options.binaryEndian === 'comp5-little');
    return number(binaryReader({ digits, scale, signed, size, native, littleEndian }));
  }
  if (item.usage !== 'display') throw invalid(item, `${item.name} ${item.usage.toUpperCase()}`);
  const sign = item.sign ?? { leading: false, separate: false };
  const ebcdic = options.encoding === 'ebcdic';
  return number(zonedReader({ digits, scale, signed, sign, ebcdic, strict: options.strictOverpunch }));
}

const fieldPage = (item: Item, options: CopybookOptions): string | undefined => {
  const entry = Object.entries(options.fieldCodePages ?? {}).find(
    ([name]) => name.toUpperCase().replaceAll('_', '-') === item.name.toUpperCase().replaceAll('_', '-'),
  );
  return entry?.[1];
};

const text = (size: number, read: ReadText): Leaf => ({ size, rule: 'copybook.text', read });

/** A number that the record cuts short is no value. */
const number = ({ size, read }: { readonly size: number; readonly read: ReadNumber }): Leaf => ({
  size,
  rule: 'copybook.number',
  read: (source, at, end) => {
    if (end - at < size) return null;
    const value = read(source.bytes, at);
    return value === undefined ? absent(source.bytes, at, size) : value;
  },
});
