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
}

/** Nothing fits, or nothing was found. */
export const nothing: unique symbol = Symbol('nothing');
