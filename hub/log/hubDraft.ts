import type { Leaf } from '../../log/leaf.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { theHub } from './draft.ts';
import { entry, type Entry } from './entry.ts';

/** An entry by the hub about the log itself: it has no claims, so it cannot lose any. @param now Unix ms */
export const hubDraft = (
  operation: string,
  now: number,
  change: NonNullable<Leaf['change']>,
  more: { readonly bumpsEpoch?: boolean } = {},
): Entry<undefined> =>
  entry({
    exchange: uuid7(now),
    now,
    operation,
    kind: 'management',
    actor: theHub,
    facts: { change },
    ...more,
    carried: undefined,
  });
