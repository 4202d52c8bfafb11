/**
 * Values leave PostgreSQL as it prints them. A Date would lose microseconds and the offset, a number would lose digits:
 * dates, times, intervals, bigint and numeric stay strings.
 */
import pg from 'pg';

const asText = new Set<number>([
  20, // int8
  1082, // date
  1083, // time
  1114, // timestamp
  1115, // timestamp[]
  1182, // date[]
  1184, // timestamptz
  1185, // timestamptz[]
  1186, // interval
  1231, // numeric[]
  1266, // timetz
  1700, // numeric
]);

const keep = (value: string): string => value;

export const valueTypes: pg.CustomTypesConfig = {
  getTypeParser: (type, format): unknown =>
    asText.has(type) && format !== 'binary' ? keep : (pg.types.getTypeParser(type, format) as unknown),
};
