/** Times cross the database's edge as Unix milliseconds. */

/** Selects a timestamptz column as text of Unix milliseconds, null stays null. */
export const momentOf = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::bigint::text`;

/** A parameter of Unix milliseconds as timestamptz. */
export const momentAt = (parameter: string): string => `to_timestamp(${parameter}::double precision / 1000)`;

/** The number that `momentOf` selected. */
export const readMoment = (text: string): number => Number(text);
export const readMomentOrNull = (text: string | null): number | null => (text === null ? null : Number(text));
