/**
 * SHA-256 (FIPS 180-4) of four blocks at once with WebAssembly SIMD. A call of the engine's hash costs ten times the processor time of a
 * block; the rest is call overhead.
 */
import {
  add,
  and,
  call,
  get,
  load,
  loadSplat,
  loop,
  minus,
  moduleOf,
  number,
  or,
  plus,
  set,
  shiftLeft,
  shiftRight,
  shuffle,
  splat,
  store,
  tee,
  xor,
  type Code,
} from './code.ts';

/** Memory layout, offsets in bytes. */
export const places = {
  constants: 0,
  /** the initial hash state */
  initial: 256,
  /** states after the padded key, of the inner and the outer hash */
  inner: 288,
  outer: 320,
  /** sixteen words of each of four blocks; the first eight are the input, and after compression the state */
  block: 384,
  /** eight words of each of four states, if each hash continues from its own */
  states: 640,
  /** values of 32 bytes, and 16 bytes of each of their HMACs */
  values: 1_024,
  hashed: 1_024 + 32 * 1_024,
} as const;
/** Maximum number of values at once. */
export const maxValues = 1_024;

const rounds = 64;
const words = 16;

/** The first primes. */
function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n += 1) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}
const fraction = (value: number): number => Math.floor((value % 1) * 2 ** 32);
/** FIPS 180-4 §4.2.2 and §5.3.3: the first 32 bits of the fractional parts of cube and square roots of primes. */
export const roundConstants = primes(rounds).map((prime) => fraction(Math.cbrt(prime)));
export const initialState = primes(8).map((prime) => fraction(Math.sqrt(prime)));

/** Locals of `compress`. */
const base = 0;
const round = 1;
const state = [2, 3, 4, 5, 6, 7, 8, 9] as const;
const word = (at: number): number => 10 + (at % words);
const stored = 26;

/** Exclusive-or of rotations and a shift of a local. */
const mixed = (local: number, rotations: readonly number[], shift?: number): Code => [
  ...rotations.flatMap((bits, i) => [
    ...[...get(local), ...shiftRight(bits), ...(i === 0 ? [] : xor)],
    ...[...get(local), ...shiftLeft(32 - bits), ...xor],
  ]),
  ...(shift === undefined ? [] : [...get(local), ...shiftRight(shift), ...xor]),
];

/** Sixteen rounds; the words of the next sixteen replace the used ones. @param last no rounds follow */
function sixteen(last: boolean): Code {
  const code: number[] = [];
  for (let t = 0; t < words; t += 1) {
    const [a, b, c, d, e, f, g, h] = state.map((_, i) => state[(i - t + 2 * words) % 8] ?? 0) as [
      ...[number, number, number, number],
      ...[number, number, number, number],
    ];
    code.push(
      ...[...get(h), ...mixed(e, [6, 11, 25]), ...add],
      ...[...get(g), ...get(e), ...get(f), ...get(g), ...xor, ...and, ...xor, ...add],
      ...[...get(round), ...loadSplat(places.constants + 4 * t), ...add],
      ...[...get(word(t)), ...add, ...tee(stored)],
      ...[...get(d), ...add, ...set(d)],
      ...[...get(stored), ...mixed(a, [2, 13, 22]), ...add],
      ...[
        ...get(a),
        ...get(b),
        ...and,
        ...get(c),
        ...get(a),
        ...get(b),
        ...or,
        ...and,
        ...or,
        ...add,
        ...set(h),
      ],
    );
    if (!last)
      code.push(
        ...[...get(word(t)), ...mixed(word(t + 1), [7, 18], 3), ...add],
        ...[...get(word(t + 9)), ...add, ...mixed(word(t + 14), [17, 19], 10), ...add, ...set(word(t))],
      );
  }
  return code;
}

/**
 * Compresses the block into states; the result is in the block's first eight words.
 * @param before pushes a word of the previous state for each of the four lanes
 */
const compressInto = (before: (word: number) => Code): Code => [
  ...Array.from({ length: words }, (_, i) => [
    ...number(places.block),
    ...load(16 * i),
    ...set(word(i)),
  ]).flat(),
  ...state.flatMap((local, i) => [...before(i), ...set(local)]),
  ...loop([
    ...sixteen(false),
    ...[...get(round), ...number(4 * words), ...plus, ...tee(round)],
    ...[...number(4 * (rounds - words)), ...minus],
  ]),
  ...sixteen(true),
  ...state.flatMap((local, i) => [
    ...number(places.block),
    ...[...before(i), ...get(local), ...add],
    ...store(16 * i),
  ]),
];

/** From the state at `base`, for all four lanes. */
const compress = compressInto((at) => [...get(base), ...loadSplat(4 * at)]);
/** From four states. */
const compressOn = compressInto((at) => [...number(places.states), ...load(16 * at)]);

/** Selects words of two vectors, each byte-swapped or unchanged. */
const picked = (order: readonly number[], swapped: boolean): Code =>
  shuffle(order.flatMap((at) => [0, 1, 2, 3].map((byte) => 4 * at + (swapped ? 3 - byte : byte))));
const low = [0, 4, 1, 5];
const high = [2, 6, 3, 7];
const firsts = [0, 1, 4, 5];
const seconds = [2, 3, 6, 7];

/** Transposes four vectors. @param from address of the first @param step bytes between two @param to stores one */
const turned = (
  at: number,
  [from, step]: readonly [number, number],
  to: (place: number, value: Code) => Code,
): Code => {
  const take = (i: number): Code => [...get(at), ...load(from + step * i)];
  const pairs = [
    [0, 1, low],
    [2, 3, low],
    [0, 1, high],
    [2, 3, high],
  ] as const;
  const turn = (pair: number, order: readonly number[]): Code => [
    ...[...get(turnedFrom + pair), ...get(turnedFrom + pair + 1), ...picked(order, false)],
  ];
  return [
    ...pairs.flatMap(([one, other, order], i) => [
      ...[...take(one), ...take(other), ...picked(order, true), ...set(turnedFrom + i)],
    ]),
    ...to(0, turn(0, firsts)),
    ...to(1, turn(0, seconds)),
    ...to(2, turn(2, firsts)),
    ...to(3, turn(2, seconds)),
  ];
};

/** Locals of `hmacs`. */
const groups = 0;
const value = 1;
const result = 2;
const scratch = 3;
const turnedFrom = 4;

/** Hashes this number of groups of four values. */
const hmacs: Code = [
  ...[...number(places.values), ...set(value), ...number(places.hashed), ...set(result)],
  ...[...number(places.block), ...set(scratch)],
  ...loop([
    ...[0, 1].flatMap((half) =>
      turned(value, [16 * half, 32], (place, turn) => [
        ...[...get(scratch), ...turn, ...store(64 * half + 16 * place)],
      ]),
    ),
    ...[...number(places.inner), ...call(0), ...number(places.outer), ...call(0)],
    ...turned(scratch, [0, 16], (place, turn) => [...get(result), ...turn, ...store(16 * place)]),
    ...[...get(value), ...number(4 * 32), ...plus, ...set(value)],
    ...[...get(result), ...number(4 * 16), ...plus, ...set(result)],
    ...[...get(groups), ...number(1), ...minus, ...tee(groups)],
  ]),
];

/** Locals of `nodes`. */
const pairValue = 1;
const node = 2;
const pairScratch = 3;
const carried = 8;
const blockWord = (at: number): Code => [...number(places.block), ...load(16 * at)];
const putWord = (at: number, value: Code): Code => [...number(places.block), ...value, ...store(16 * at)];

/**
 * Hashes this number of groups of four inner nodes of a Merkle tree (RFC 6962 §2.1): SHA-256 of the byte 1 and two hashes. The hashes are
 * concatenated in the value area; their nodes overwrite it from its beginning. The 65 bytes take two blocks, each word shifted by one
 * byte.
 */
const nodes: Code = [
  ...[...number(places.values), ...set(pairValue), ...number(places.values), ...set(node)],
  ...[...number(places.block), ...set(pairScratch)],
  ...loop([
    ...[0, 1, 2, 3].flatMap((quarter) =>
      turned(pairValue, [16 * quarter, 64], (place, turn) => [
        ...[...get(pairScratch), ...turn, ...store(64 * quarter + 16 * place)],
      ]),
    ),
    ...[...blockWord(words - 1), ...set(carried)],
    ...Array.from({ length: words }, (_, i) => words - 1 - i).flatMap((at) =>
      putWord(at, [
        ...(at === 0 ? [...number(1 << 24), ...splat] : [...blockWord(at - 1), ...shiftLeft(24)]),
        ...[...blockWord(at), ...shiftRight(8), ...or],
      ]),
    ),
    ...[...number(places.initial), ...call(0)],
    ...state.flatMap((_, i) => [...number(places.states), ...blockWord(i), ...store(16 * i)]),
    ...putWord(0, [...get(carried), ...shiftLeft(24), ...number(0x80 << 16), ...splat, ...or]),
    ...Array.from({ length: words - 1 }, (_, i) => i + 1).flatMap((at) =>
      putWord(at, [...number(at === words - 1 ? 8 * 65 : 0), ...splat]),
    ),
    ...[...number(0), ...call(2)],
    ...[0, 1].flatMap((half) =>
      turned(pairScratch, [64 * half, 16], (place, turn) => [
        ...[...get(node), ...turn, ...store(16 * half + 32 * place)],
      ]),
    ),
    ...[...get(pairValue), ...number(4 * 64), ...plus, ...set(pairValue)],
    ...[...get(node), ...number(4 * 32), ...plus, ...set(node)],
    ...[...get(groups), ...number(1), ...minus, ...tee(groups)],
  ]),
];

/** `compress(state)`, `hmacs(groups)` and `nodes(groups)`. */
export const sha256Lanes = (): Uint8Array =>
  moduleOf([
    { name: 'compress', parameters: 1, numbers: 1, vectors: 25, code: compress },
    { name: 'hmacs', parameters: 1, numbers: 3, vectors: 4, code: hmacs },
    { name: 'compressOn', parameters: 1, numbers: 1, vectors: 25, code: compressOn },
    { name: 'nodes', parameters: 1, numbers: 3, vectors: 5, code: nodes },
  ]);
