/**
 * The newest rows in which a department has a part. Asked as one condition («consumer or provider is one of these»), the database walks all
 * rows from the newest on and reads a million before it meets fifty of a department whose rows are few and old.
 */
import type { Knex } from 'knex';
import { composer } from './compiled.ts';

/** Where a department may stand in a row. */
export interface Part {
  /** what is read, as it follows FROM */
  readonly from: string;
  /** names the department; with `id` in an index, in this order */
  readonly column: string;
  /** what names the row, and says how new it is */
  readonly id: string;
}

/**
 * Ids of the newest rows of each department and part: each is found from the end of its own stretch of an index, whatever the others have.
 * @param narrow puts what else is asked for into the reading of each part
 * @returns for `whereIn`: at most `most` for each department and part, so that the newest `most` of all are among them
 */
export function newestOf(
  parts: readonly Part[],
  departments: readonly string[],
  most: number,
  narrow: (query: Knex.QueryBuilder) => void,
): Knex.QueryBuilder {
  const each = parts.map(({ from, column, id }) => {
    const query = composer
      .select(composer.raw(`${id} AS id`))
      .from(composer.raw(from))
      .whereRaw(`${column} = one.department`);
    narrow(query);
    return composer.select('*').from(query.orderBy(id, 'desc').limit(most).as('newest'));
  });
  return composer
    .select('found.id')
    .from(composer.raw('unnest(?::text[]) AS one (department)', [[...departments]]))
    .joinRaw('CROSS JOIN LATERAL (?) AS found', [composer.unionAll(each) as never]);
}
