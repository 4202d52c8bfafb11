/** The content of a provider's answer: rows, and for each row the provider's own mark of the place after it. */
import { parseMarkingInexact } from '../../../terms/jsonText.ts';
import { Unanswered } from './unanswered.ts';
import { isObject } from '../../../terms/isObject.ts';

export interface LiveAnswer {
  /** an inexact number is marked (`hasExactNumbers`) */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** the place after each row, as the provider's opaque mark */
  readonly after: readonly string[];
  /** whether there are more after the last one */
  readonly more: boolean;
}

/** Maximum characters of a mark: it is sealed in the consumer's cursor. */
const maxMarkLength = 512;

/**
 * @param signed number of rows according to the statement
 * @param maxRows number of requested rows
 * @throws Unanswered invalid, with the rule that the whole answer breaks
 */
export function readLiveAnswer(body: string, signed: number, maxRows: number): LiveAnswer {
  const { rows, after, more } = parsed(body);
  if (!Array.isArray(rows) || !rows.every(isObject)) throw invalid('rows');
  if (rows.length !== signed) throw invalid('rows.count');
  if (rows.length > maxRows) throw invalid('rows.too-many');
  if (!Array.isArray(after) || after.length !== rows.length || !after.every(isMark)) throw invalid('after');
  if (typeof more !== 'boolean' || (more && rows.length === 0)) throw invalid('more');
  return { rows, after, more };
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value = parseMarkingInexact(body);
    if (isObject(value)) return value;
  } catch {
    // reported below
  }
  throw invalid('json');
}

const isMark = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= maxMarkLength && value.isWellFormed();

const invalid = (rule: string): Unanswered => new Unanswered('invalid', rule);
