/** What rows are asked for, as flags of a verb. */
import type { Command } from 'commander';
import type { Query } from '../../sdk/types.ts';
import { filterTerms } from '../filterTerms.ts';
import { wholeNumber } from '../wholeNumber.ts';

export interface QueryOptions {
  readonly filter?: readonly string[];
  readonly fields?: string;
  readonly sort?: string;
  readonly limit?: number;
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
    .option('--limit <rows>', 'rows of a page (default 100, at most 1000)', wholeNumber(1, 1_000));

const collect = (word: string, words: readonly string[] = []): readonly string[] => [...words, word];
const names = (text: string): string[] => text.split(',').map((name) => name.trim());

/** @throws VerbFailure usage for a term that cannot be read */
export function queryOf(options: QueryOptions): Query {
  const filter = filterTerms(options.filter ?? []);
  return {
    ...(options.fields === undefined ? {} : { fields: names(options.fields) }),
    ...(filter.length === 0 ? {} : { filter }),
    ...(options.sort === undefined ? {} : { sort: names(options.sort) }),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  };
}
