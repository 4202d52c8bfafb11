/** One elementary field of a record. */
import { Problem } from '../../terms/problem.ts';
import { absent, binaryReader, floatReader, packedReader, type ReadNumber } from './numbers.ts';
import type { CopybookOptions } from './options.ts';
import type { Item } from './parseCopybook.ts';
import type { RecordSource } from './recordSource.ts';
import { dbcsReader, nationalReader, textReader, type ReadText } from './textReader.ts';
import { zonedReader } from './zonedNumbers.ts';

export interface Leaf {
  readonly size: number;
  readonly rule: 'copybook.number' | 'copybook.text';
  /** @param end where field or record ends, whichever is first. @returns undefined where the bytes are no such value */
  readonly read: (source: RecordSource, at: number, end: number) => string | number | null | undefined;
}

/** @throws Problem copybook_invalid for a field without a picture that needs one */
export function leafReader(item: Item, options: CopybookOptions): Leaf {
  if (item.usage === 'float' || item.usage === 'double')
    return number(floatReader(item.usage === 'double', options.floatFormat));
  const { picture } = item;
  if (picture === undefined) throw new Problem('copybook_invalid', { line: item.line, what: item.name });
  switch (picture.kind) {
    case 'text':
      return text(picture.length, textReader(options, fieldPage(item, options)));
    case 'national':
      return text(picture.length * 2, nationalReader(options));
    case 'dbcs':
      return text(picture.length * 2, dbcsReader(options));
    case 'edited': {
      const read = textReader(options, undefined);
      return picture.numeric
        ? { ...text(picture.length, edited(read)), rule: 'copybook.number' }
        : text(picture.length, read);
    }
    case 'number': {
      const { digits, scale, signed } = picture;
      if (item.usage === 'packed') return number(packedReader(digits, scale));
      if (item.usage === 'binary' || item.usage === 'comp5')
        return number(binaryReader(digits, scale, signed, item.usage === 'comp5'));
      const sign = item.sign ?? { leading: false, separate: false };
      const ebcdic = options.encoding === 'ebcdic';
      return number(zonedReader({ digits, scale, signed, sign, ebcdic, strict: options.strictOverpunch }));
    }
  }
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

/** `1,234.50-`, `***12.00CR`, `$ 7`: the number that an edited picture shows, as decimal text. */
function edited(read: ReadText): ReadText {
  return (source, start, end) => {
    const shown = read(source, start, end);
    if (typeof shown !== 'string') return shown;
    if (shown.trim() === '') return null;
    const negative = /-|CR|DB/.test(shown);
    const digits = shown.replaceAll(/[\s,*+$¥￥-]|CR|DB/g, '');
    if (!/^\d*(\.\d*)?$/.test(digits) || !/\d/.test(digits)) return undefined;
    const plain = digits
      .replace(/^0+(?=\d)/, '')
      .replace(/^\./, '0.')
      .replace(/\.$/, '');
    return negative && /[1-9]/.test(plain) ? `-${plain}` : plain;
  };
}
