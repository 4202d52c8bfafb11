import type { Random } from './random.ts';

/** Constants to try, taken from the schemas in question. */
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
  /** share of the optional members that are generated */
  readonly fullness: number;
  /** number of parts that may still be generated, where limited; generation stops at zero */
  readonly steps?: { left: number };
}

/** No value fits, or none was found. */
export const nothing: unique symbol = Symbol('nothing');
