import { csvLine } from '../../../terms/csv.ts';

type Records = readonly Readonly<Record<string, unknown>>[];

/**
 * Records as lines: of CSV, or one JSON object each.
 * @param csv the fields of a CSV line, in their order
 */
export const linesOf = (records: Records, csv?: readonly string[]): Buffer =>
  Buffer.from(csv === undefined ? jsonLines(records) : csvLines(records, csv), 'utf8');

function jsonLines(records: Records): string {
  let text = '';
  for (const record of records) text += `${JSON.stringify(record)}\n`;
  return text;
}

function csvLines(records: Records, fields: readonly string[]): string {
  let text = '';
  for (const record of records) text += csvLine(fields.map((field) => record[field]));
  return text;
}
