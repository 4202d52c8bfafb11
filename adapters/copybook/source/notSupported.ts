/** Copybook clauses that no reader can interpret, with a workaround. */
import type { Bilingual } from '../../../terms/bilingual.ts';

export const notSupported = {
  binaryDigits: {
    zh: 'IBM 编译器的二进制数最多 18 位；更长的须写明 binarySize（1-2-4-8 为 GnuCOBOL，1-8 为 Micro Focus，最多 38 位）',
    en: 'binary numbers of IBM compilers have 18 digits at most; for longer ones declare binarySize (1-2-4-8 for GnuCOBOL, 1-8 for Micro Focus; up to 38)',
  },
  comp9: {
    zh: 'COMP-9 不是任何编译器的用法：小端二进制请写 COMP-5 并用 binaryEndian: comp5-little',
    en: 'COMP-9 is no usage of any compiler: for little-endian binary write COMP-5 with binaryEndian: comp5-little',
  },
  movedField: {
    zh: '该字段在长度可变的列表之内或之后，读取记录之前无法确定其位置：请改用位置固定的字段',
    en: 'the field is in a list of variable length or follows one, so its position is unknown before the record is read: name one whose position is fixed',
  },
  doubledField: {
    zh: '有多个同名字段，位置或类型不同：请写作“名 OF 组”',
    en: 'several fields of different positions or types have this name: write NAME OF GROUP',
  },
  signedPoint: {
    zh: 'S 与小数点不能同在一个 PICTURE：小数点若在文件中占一字节，符号须写作 + 或 -（如 +9(3).99）；若不占，写 V（S9(3)V99）',
    en: 'S and a decimal point cannot be in one picture: where the point takes a byte write the sign as + or - (+9(3).99), where it takes none write V (S9(3)V99)',
  },
  unsignedSign: {
    zh: 'SIGN 只能用于带 S 的数字：请核对该字段在文件中是否占有符号字节',
    en: 'SIGN needs a picture with S: check whether the field has a byte for its sign in the file',
  },
} as const satisfies Readonly<Record<string, Bilingual>>;

/** Options for single fields, and the fields that can have them. */
export const misplaced = {
  fieldCodePages: {
    zh: 'fieldCodePages 只用于 PIC X、PIC A 与编辑型字段；数字按文件的编码读取，PIC N、PIC G 与组没有代码页',
    en: 'fieldCodePages applies to PIC X, PIC A and edited pictures; numbers have the encoding of the file, PIC N, PIC G and groups have no code page',
  },
  occursMappings: {
    zh: 'occursMappings 只用于带 OCCURS … DEPENDING ON 的项',
    en: 'occursMappings applies to items with OCCURS … DEPENDING ON',
  },
} as const satisfies Readonly<Record<string, Bilingual>>;
