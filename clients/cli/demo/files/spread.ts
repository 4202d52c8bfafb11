/** Numbers of `count` records, from 0, spread evenly over a file of `rows`: where a generated file is spoiled. */
export const spread = (rows: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => Math.floor(((i + 1) * rows) / (count + 1)));
