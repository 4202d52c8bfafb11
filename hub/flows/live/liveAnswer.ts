/** What a provider's answer holds: rows, and behind each of them the provider's own mark of the place. */
import { Unanswered } from './unanswered.ts';

export interface LiveAnswer {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** the place behind each row, in the provider's own words */
  readonly after: readonly string[];
  /** whether there are more behind the last one */
  readonly more: boolean;
}

/** Characters of a mark: it travels in the cursor that the consumer gets, sealed. */
const maxMarkLength = 512;

/**
 * @param signed rows that the statement tells of
 * @param most rows that were asked for
 * @throws Unanswered invalid, with the rule that the whole answer breaks
 */
export function readLiveAnswer(body: string, signed: number, most: number): LiveAnswer {
  const { rows, after, more } = parsed(body);
  if (!Array.isArray(rows) || !rows.every(isObject)) throw invalid('rows');
  if (rows.length !== signed) throw invalid('rows.count');
  if (rows.length > most) throw invalid('rows.too-many');
  if (!Array.isArray(after) || after.length !== rows.length || !after.every(isMark)) throw invalid('after');
  if (typeof more !== 'boolean' || (more && rows.length === 0)) throw invalid('more');
  return { rows, after, more };
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    if (isObject(value)) return value;
  } catch {
    // told below
  }
  throw invalid('json');
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isMark = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= maxMarkLength && value.isWellFormed();

const invalid = (rule: string): Unanswered => new Unanswered('invalid', rule);
