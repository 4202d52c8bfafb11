/** How a value that an entry is found by stands in the index. */
import type { Dimension } from '../../../log/entryQuestion.ts';
import { sha256 } from '../../../log/hash.ts';

/** Those whose values are kept as words, so that counts can be made by them. */
export const counted = ['consumer', 'code', 'day'] as const satisfies readonly Dimension[];
export type Counted = (typeof counted)[number];

/** The term's number, as PostgreSQL's bigint takes it. */
export const termOf = (dimension: Dimension, value: string): string =>
  sha256(Buffer.from(`${dimension}\0${value}`))
    .readBigInt64BE(0)
    .toString();
