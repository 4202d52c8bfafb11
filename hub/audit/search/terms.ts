/** What an entry can be found by: dimension and value, both read from its leaf. */
import { sha256 } from '../../../log/hash.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { columnsOf } from '../columns.ts';

/** By their names in a search. */
export const dimensions = [
  'operation',
  'kind',
  'decision',
  'code',
  'consumer',
  'provider',
  'dataset',
  'schema',
  'field',
  'agreement',
  'purpose',
  'official',
  'matter',
  'person',
  'day',
] as const;
export type Dimension = (typeof dimensions)[number];

/** Those whose values are kept as words, so that counts can be made by them. */
export const counted = ['consumer', 'code', 'day'] as const satisfies readonly Dimension[];
export type Counted = (typeof counted)[number];

/** hours by which the days of counts are ahead of UTC: China has one time */
const zone = 8;

/** The day an entry belongs to, YYYY-MM-DD. @param at RFC 3339 */
export const dayOf = (at: string): string =>
  new Date(Date.parse(at) + zone * 3_600_000).toISOString().slice(0, 10);

/** Values of an entry by dimension. Of fields those that left. A department that only acted is its own consumer, as in the columns. */
export function valuesOf(leaf: Leaf): ReadonlyMap<Dimension, readonly string[]> {
  const { consumer } = columnsOf(leaf);
  const single: readonly (readonly [Dimension, string | undefined])[] = [
    ['operation', leaf.operation],
    ['kind', leaf.kind],
    ['decision', leaf.decision],
    ['code', leaf.code],
    ['consumer', consumer],
    ['provider', leaf.provider],
    ['dataset', leaf.dataset],
    ['schema', leaf.schema],
    ['agreement', leaf.agreement],
    ['purpose', leaf.purpose],
    ['official', leaf.onBehalfOf],
    ['matter', leaf.matter],
    ['person', leaf.actor.person],
    ['day', dayOf(leaf.at)],
  ];
  const values = new Map<Dimension, readonly string[]>();
  for (const [dimension, value] of single) if (value !== undefined) values.set(dimension, [value]);
  values.set('field', Object.keys(leaf.fields ?? {}));
  return values;
}

/** The term's number, as PostgreSQL's bigint takes it. */
export const termOf = (dimension: Dimension, value: string): string =>
  sha256(Buffer.from(`${dimension}\0${value}`))
    .readBigInt64BE(0)
    .toString();
