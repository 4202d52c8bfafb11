import type { Random } from './random.ts';

/** Constants worth trying, taken from the schemas at hand. */
export interface Pool {
  readonly numbers: readonly number[];
  readonly lengths: readonly number[];
  readonly texts: readonly string[];
  readonly names: readonly string[];
}

export interface Manner {
  readonly random: Random;
  /** constants to try, for counter-examples; absent for typical values */
  readonly pool?: Pool;
  /** optional members: how many of them are given */
  readonly fullness: number;
  /** parts of values that may still be made, where there is a limit; nothing is made when none is left */
  readonly steps?: { left: number };
}

/** Nothing fits, or nothing was found. */
export const nothing: unique symbol = Symbol('nothing');
