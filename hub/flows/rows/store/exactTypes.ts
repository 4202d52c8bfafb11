import type { CustomTypesConfig } from 'pg';

const number = (text: string): number => Number(text);
const text = (value: string): string => value;

const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  16: (value) => value === 't', // bool
  17: (value) => Buffer.from(value.slice(2), 'hex'), // bytea
  20: number, // int8: integers of a record are safe integers
  114: (value): unknown => JSON.parse(value), // json
  701: number, // float8
};

/** Stored values as a record has them: numbers and booleans typed, everything else the very text that came in. */
export const exactTypes: CustomTypesConfig = {
  getTypeParser: (oid: number) => parsers[oid] ?? text,
};

/** The same, with JSON left as the text that it is. */
export const exactTexts: CustomTypesConfig = {
  getTypeParser: (oid: number) => (oid === 114 ? text : (parsers[oid] ?? text)),
};
