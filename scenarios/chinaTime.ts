/** Time in the form `2026-11-27T08:00:00.000+08:00`. @param at milliseconds of the epoch */
export const chinaTime = (at: number): string =>
  `${new Date(at + 8 * 3_600_000).toISOString().slice(0, -1)}+08:00`;
