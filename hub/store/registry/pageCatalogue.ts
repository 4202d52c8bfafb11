import type { Sought } from '../../domain/catalogue.ts';
import { composer, narrowed, rowsOf } from '../database/compiled.ts';
import { momentOf, readMoment } from '../database/moment.ts';
import type { Reader } from '../database/reader.ts';
import { isLinked } from './isLinked.ts';
import { catalogueColumns, type CatalogueRow } from './catalogue.ts';

export interface CatalogueWanted {
  /** the last row that was seen; undefined for the first page */
  readonly after: { readonly rank: number; readonly id: string } | undefined;
  readonly most: number;
  readonly sought: Sought | undefined;
  readonly department: string | undefined;
  /** a class, and what lies below it */
  readonly category: string | undefined;
  readonly sharing: string | undefined;
  readonly frequency: string | undefined;
  /** of data: general or important */
  readonly dataClass: string | undefined;
  /** semantic tag of a field */
  readonly tag: string | undefined;
  /** a linked dataset had a batch published on this day (YYYY-MM-DD, China) or later */
  readonly since: string | undefined;
  /** has data now, or should have and does not */
  readonly linking: 'linked' | 'awaited' | undefined;
}

export interface CatalogueFound extends CatalogueRow {
  /** 3: the words stand in its title as they were asked for; 2: each of them does; 1: elsewhere */
  readonly rank: number;
  readonly updateFrequency: string;
  readonly dataClass: string;
  readonly registeredAt: number;
  /** Unix milliseconds at which a linked dataset had its last batch; null for none */
  readonly updated: number | null;
}

/** Live entries, the best first, then by id. */
export async function pageCatalogue(
  reader: Reader,
  {
    after,
    most,
    sought,
    department,
    category,
    sharing,
    frequency,
    dataClass,
    tag,
    since,
    linking,
  }: CatalogueWanted,
): Promise<CatalogueFound[]> {
  const title = "lower(title_zh || ' ' || title_en)";
  const whole = (sought?.runs ?? []).join(' ');
  const runs = sought?.runs ?? [];
  const ranked = composer('catalogue_entry')
    .select(
      composer.raw(
        `*, CASE WHEN ? = '' THEN 1 WHEN position(? in ${title}) > 0 THEN 3
              WHEN NOT EXISTS (SELECT 1 FROM unnest(?::text[]) AS run WHERE position(run in ${title}) = 0) THEN 2 ELSE 1 END AS rank`,
        [whole, whole, [...runs]],
      ),
    )
    .whereRaw('NOT superseded');
  narrowed(ranked, { department, sharing });
  if (frequency !== undefined) ranked.whereRaw("document ->> 'updateFrequency' = ?", [frequency]);
  if (dataClass !== undefined) ranked.whereRaw("document ->> 'dataClass' = ?", [dataClass]);
  if (category !== undefined)
    ranked.whereRaw("(category = ? OR category LIKE ? || '/%')", [category, category]);
  if (tag !== undefined) ranked.whereRaw('tags @> ARRAY[?]', [tag]);
  if (sought !== undefined) {
    ranked.whereRaw('grams @> ?::text[]', [[...sought.grams]]);
    for (const run of runs) ranked.whereRaw('position(? in words) > 0', [run]);
  }
  const updated = '(SELECT max(b.published_at) FROM batch AS b WHERE b.dataset = ANY (e.datasets))';
  if (since !== undefined)
    ranked.whereRaw(
      `EXISTS (SELECT 1 FROM batch AS b WHERE b.dataset = ANY (datasets) AND b.published_at >= ?::date::timestamp AT TIME ZONE 'Asia/Shanghai')`,
      [since],
    );
  if (linking === 'linked') ranked.whereRaw(isLinked('catalogue_entry'));
  if (linking === 'awaited') ranked.whereRaw(`sharing <> 'none' AND NOT ${isLinked('catalogue_entry')}`);
  const query = composer
    .select(
      composer.raw(
        `${catalogueColumns}, document ->> 'updateFrequency' AS "updateFrequency", document ->> 'dataClass' AS "dataClass", rank, ${momentOf('registered_at')} AS moment, (extract(epoch FROM ${updated}) * 1000)::double precision AS updated`,
      ),
    )
    .from(ranked.as('e'));
  if (after !== undefined)
    query.whereRaw('(rank < ? OR (rank = ? AND id > ?))', [after.rank, after.rank, after.id]);
  const rows = await rowsOf<Omit<CatalogueFound, 'registeredAt'> & { readonly moment: string }>(
    reader,
    query.orderBy([{ column: 'rank', order: 'desc' }, 'id']).limit(most),
  );
  return rows.map(({ moment, ...row }) => ({ ...row, registeredAt: readMoment(moment) }));
}
