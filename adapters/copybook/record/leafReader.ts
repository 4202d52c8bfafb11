/** One elementary field of a record. */
import { binaryReader, binarySize } from '../numbers/binaryNumbers.ts';
import { invalid, type Usage } from '../source/clauseWords.ts';
import { editedReader } from '../numbers/editedNumbers.ts';
import { absent, floatReader, packedReader, type ReadNumber } from '../numbers/numbers.ts';
import type { CopybookOptions } from '../options.ts';
import type { Item } from '../source/parseCopybook.ts';
import type { Picture } from '../source/picture.ts';
import { notSupported } from '../source/notSupported.ts';
import { sameName } from './fieldNames.ts';
import type { RecordSource } from './recordSource.ts';
import type { DoubtRule } from './recordState.ts';
import { dbcsReader, nationalReader, textReader, type Forgive, type ReadText } from './textReader.ts';
import { isMinus, zonedReader } from '../numbers/zonedNumbers.ts';
import { defined } from '../../../terms/defined.ts';

export interface Leaf {
  readonly size: number;
  readonly rule: 'copybook.number' | 'copybook.text';
  /** @param end where field or record ends, whichever is first. @returns undefined where strict reading finds no such value */
  readonly read: (source: RecordSource, at: number, end: number) => string | number | null | undefined;
  /** lenient reading of bytes that strict reading rejects; undefined where there is none */
  readonly forgive?: Forgive;
}

/** Allowed usages of each kind of picture, except numbers. */
const usagesOf: Readonly<Record<Exclude<Picture['kind'], 'number'>, readonly Usage[]>> = {
  text: ['display', 'compx'],
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
      if (usage === 'compx') return compX(item, picture.length);
      return text(picture.length, textReader(options, fieldPage(item, options)));
    case 'national':
      return text(picture.length * 2, {
        read: usage === 'dbcs' ? dbcsReader(options) : nationalReader(options),
      });
    case 'dbcs':
      return text(picture.length * 2, { read: dbcsReader(options) });
    case 'edited': {
      if (!picture.numeric) return text(picture.length, textReader(options, fieldPage(item, options)));
      // untrimmed: the position of a sign or a mark matters
      const shown = textReader({ ...options, trim: 'none' }, fieldPage(item, options)).read;
      const read = editedReader(picture.symbols, options.decimalComma, shown);
      if (read === undefined) throw invalid(item, `PIC ${picture.symbols}`);
      return { size: picture.length, rule: 'copybook.number', read };
    }
  }
}

type NumberPicture = Extract<Picture, { readonly kind: 'number' }>;

/** A number in the form of its usage. */
function numberLeaf(item: Item, picture: NumberPicture, options: CopybookOptions): Leaf {
  switch (item.usage) {
    case 'packed':
    case 'packed6':
      return packedLeaf(item, picture);
    case 'binary':
    case 'comp5':
    case 'compx':
      return binaryLeaf(item, picture, options);
    case 'display':
      return zonedLeaf(item, picture, options);
    default:
      throw invalid(item, `${item.name} ${item.usage.toUpperCase()}`);
  }
}

function packedLeaf(item: Item, { digits, scale, signed }: NumberPicture): Leaf {
  const spec = { digits, scale, signed, unsignedForm: item.usage === 'packed6' };
  if (signed && spec.unsignedForm) throw invalid(item, `${item.name} PIC S9 COMP-6`);
  return number(
    packedReader({ ...spec, strict: true }),
    (value) => packedDoubt(value, digits, scale),
    packedReader({ ...spec, strict: false }).read,
  );
}

function binaryLeaf(item: Item, { digits, scale, signed }: NumberPicture, options: CopybookOptions): Leaf {
  const { usage } = item;
  if (usage === 'compx' && signed) throw invalid(item, `${item.name} PIC S9 COMP-X`);
  const size = binarySize(digits, signed, usage === 'compx' ? '1-8' : options.binarySize);
  if (size === undefined) throw invalid(item, `${item.name} PIC 9(${digits})`, notSupported.binaryDigits);
  const native = usage !== 'binary';
  const littleEndian =
    usage !== 'compx' &&
    (options.binaryEndian === 'little' || (native && options.binaryEndian === 'comp5-little'));
  return number(binaryReader({ digits, scale, signed, size, native, littleEndian }));
}

function zonedLeaf(item: Item, { digits, scale, signed }: NumberPicture, options: CopybookOptions): Leaf {
  const sign = item.sign ?? { leading: false, separate: false };
  const spec = { digits, scale, signed, sign, ebcdic: options.encoding === 'ebcdic' };
  const strict = zonedReader({ ...spec, strict: true });
  if (signed || options.strictOverpunch) return number(strict);
  return number(
    strict,
    // the byte decides, since a zero shows no sign
    (_value, bytes, at) =>
      isMinus(bytes[at + (sign.leading ? 0 : digits - 1)] ?? 0, spec.ebcdic) ? 'copybook.sign' : undefined,
    zonedReader({ ...spec, strict: false }).read,
  );
}

/** Why a packed number was not read strictly: more digits than its picture, or a sign that it does not have. */
const packedDoubt = (value: string | number, digits: number, scale: number): DoubtRule =>
  String(value).replaceAll(/\D/g, '').replace(/^0+/, '').length > digits + Math.max(0, -scale)
    ? 'copybook.digits'
    : 'copybook.sign';

/** PIC X(n) COMP-X (Micro Focus): n bytes of an unsigned binary number. */
function compX(item: Item, size: number): Leaf {
  if (size > 8) throw invalid(item, `${item.name} PIC X(${size}) COMP-X`);
  // maximum number of digits that the bytes can hold
  const digits = Math.ceil(size * 2.41);
  return number(binaryReader({ digits, scale: 0, signed: false, size, native: true, littleEndian: false }));
}

const fieldPage = (item: Item, options: CopybookOptions): string | undefined => {
  const entry = Object.entries(options.fieldCodePages ?? {}).find(([name]) => sameName(name, item.name));
  return entry?.[1];
};

const text = (
  size: number,
  { read, forgive }: { readonly read: ReadText; readonly forgive?: Forgive },
): Leaf => ({
  size,
  rule: 'copybook.text',
  read,
  ...defined({ forgive }),
});

/**
 * A number that the record cuts short is invalid.
 * @param ruleOf the doubt that a value of `lenient` leaves, undefined for none
 */
function number(
  { size, read }: { readonly size: number; readonly read: ReadNumber },
  ruleOf?: (value: string | number, bytes: Buffer, at: number) => DoubtRule | undefined,
  lenient?: ReadNumber,
): Leaf {
  const leaf: Leaf = {
    size,
    rule: 'copybook.number',
    read: ({ bytes }, at, end) => {
      if (end - at < size) return absent(bytes, at, end - at);
      const value = read(bytes, at);
      return value === undefined ? absent(bytes, at, size) : value;
    },
  };
  if (lenient === undefined || ruleOf === undefined) return leaf;
  return {
    ...leaf,
    forgive: ({ bytes }, at, end) => {
      const value = end - at < size ? undefined : lenient(bytes, at);
      return value === undefined || value === null ? undefined : { value, rule: ruleOf(value, bytes, at) };
    },
  };
}
