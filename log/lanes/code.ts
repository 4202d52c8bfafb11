/** The subset of WebAssembly's binary format for functions over vectors of four words (WebAssembly Core Specification 2.0, chapter 5). */

/** Instructions, concatenated. */
export type Code = readonly number[];

/** LEB128 of a nonnegative number. */
function unsigned(value: number): Code {
  const low = value & 0x7f;
  return value < 0x80 ? [low] : [low | 0x80, ...unsigned(value >>> 7)];
}

/** LEB128 of a number of 32 bits. */
function signed(value: number): Code {
  const low = value & 0x7f;
  const rest = value >> 7;
  const last = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return last ? [low] : [low | 0x80, ...signed(rest)];
}

const counted = (parts: readonly Code[]): Code => [...unsigned(parts.length), ...parts.flat()];
const sized = (bytes: Code): Code => [...unsigned(bytes.length), ...bytes];
const section = (id: number, bytes: Code): Code => [id, ...sized(bytes)];
const vector = (operation: number, ...rest: readonly number[]): Code => [
  0xfd,
  ...unsigned(operation),
  ...rest,
];

const i32 = 0x7f;
const v128 = 0x7b;

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
export const tee = (local: number): Code => [0x22, ...unsigned(local)];
export const number = (value: number): Code => [0x41, ...signed(value)];
export const call = (named: number): Code => [0x10, ...unsigned(named)];
export const plus: Code = [0x6a];
export const minus: Code = [0x6b];
/** Repeats the body until the number that it pushes is 0. */
export const loop = (body: Code): Code => [0x03, 0x40, ...body, 0x0d, 0x00, 0x0b];

/** Loads four words from an address. */
export const load = (offset: number): Code => vector(0x00, 0x00, ...unsigned(offset));
/** A number in all four lanes. */
export const splat: Code = vector(0x11);
export const store = (offset: number): Code => vector(0x0b, 0x00, ...unsigned(offset));
/** Loads one word into all four lanes. */
export const loadSplat = (offset: number): Code => vector(0x09, 0x00, ...unsigned(offset));
/** @param lanes sixteen byte positions within two vectors */
export const shuffle = (lanes: readonly number[]): Code => vector(0x0d, ...lanes);
export const and = vector(0x4e);
export const or = vector(0x50);
export const xor = vector(0x51);
export const add = vector(0xae);
export const shiftLeft = (bits: number): Code => [...number(bits), ...vector(0xab)];
export const shiftRight = (bits: number): Code => [...number(bits), ...vector(0xad)];

export interface Procedure {
  readonly name: string;
  /** number of parameters, its first locals */
  readonly parameters: number;
  /** number of its further locals: first numbers, then vectors */
  readonly numbers: number;
  readonly vectors: number;
  readonly code: Code;
}

const pages = 1;

/** A module of procedures that return nothing, and one page of memory named `memory`. */
export function moduleOf(procedures: readonly Procedure[]): Uint8Array {
  const name = (text: string): Code => sized([...Buffer.from(text, 'latin1')]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(
      1,
      counted(procedures.map(({ parameters }) => [0x60, ...counted(Array(parameters).fill([i32])), 0x00])),
    ),
    ...section(3, counted(procedures.map((_, at) => unsigned(at)))),
    ...section(5, counted([[0x01, pages, pages]])),
    ...section(
      7,
      counted([
        [...name('memory'), 0x02, 0x00],
        ...procedures.map((one, at) => [...name(one.name), 0x00, ...unsigned(at)]),
      ]),
    ),
    ...section(
      10,
      counted(
        procedures.map(({ numbers, vectors, code }) =>
          sized([
            ...counted([
              [...unsigned(numbers), i32],
              [...unsigned(vectors), v128],
            ]),
            ...code,
            0x0b,
          ]),
        ),
      ),
    ),
  ]);
}
