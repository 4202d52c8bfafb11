/** The query for rows, as flags of a verb. */
import type { Command } from 'commander';
import type { Query } from '../../sdk/types.ts';
import { fieldNameAt } from '../../../terms/fieldName.ts';
import { filterTerms } from '../filterTerms.ts';
import { collect, wholeNumber } from '../values.ts';
import { defined } from '../../../terms/defined.ts';

export interface QueryOptions {
  readonly filter?: readonly string[];
  readonly fields?: string;
  readonly sort?: string;
  readonly limit?: number;
  readonly latest?: boolean;
  readonly asOf?: string;
}

export const withQuery = (command: Command): Command =>
  command
    .option(
      '--filter <term>',
      'field=value, "field in a,b", field>=value; field:>=75 for numbers; repeatable',
      collect,
    )
    .option('--fields <names>', 'fields wanted, separated by commas (default: all granted)')
    .option('--sort <names>', 'fields to sort by, -name for descending')
    .option('--limit <rows>', 'rows of a page (default 100, at most 1000)', wholeNumber(1, 1_000))
    .option('--latest', 'only the latest row of each series, of a dataset with a time field')
    .option('--as-of <moment>', 'the latest rows at this moment, such as 2026-09-01T08:00:00+08:00');

const names = (text: string): string[] => text.split(',').map((name) => name.trim());

/** @throws VerbFailure usage for a term that cannot be read */
export function queryOf(options: QueryOptions): Query {
  const filter = filterTerms(options.filter ?? []);
  return {
    ...(options.fields === undefined ? {} : { fields: names(options.fields) }),
    ...(filter.length === 0 ? {} : { filter }),
    ...(options.sort === undefined ? {} : { sort: names(options.sort) }),
    ...defined({ limit: options.limit }),
    ...(options.latest === true ? { latest: true as const } : {}),
    ...defined({ asOf: options.asOf }),
  };
}

/** Which flag a refusal is about: the hub names a field or a header, the person at the terminal has typed a flag. */
const headers: Readonly<Record<string, string>> = {
  'datong-purpose': '--purpose',
  'datong-agreement': '--agreement',
  'datong-on-behalf-of': '--on-behalf-of',
  'datong-matter': '--matter',
};

/** The input, as far as it contains names of fields. */
export interface TypedWords {
  readonly fields?: string;
  readonly filter?: readonly string[];
  readonly sort?: string;
  readonly by?: string;
}

/** @param at the place that the refusal names: a signed header, a member of the query, or a field */
export function flagOf(at: string, typed: TypedWords = {}): string | undefined {
  if (headers[at] !== undefined) return headers[at];
  if (['fields', 'filter', 'sort', 'limit'].includes(at)) return `--${at}`;
  if (at === 'latest') return '--latest';
  if (at === 'asOf') return '--as-of';
  if (at === 'values') return '--each';
  const listed = (text: string | undefined): boolean =>
    text?.split(',').some((name) => name.trim().replace(/^-/, '') === at) === true;
  if (listed(typed.fields)) return '--fields';
  if (typed.filter?.some((word) => fieldNameAt(word) === at) === true) return '--filter';
  if (listed(typed.sort)) return '--sort';
  return typed.by === at ? '--by' : undefined;
}
