/** The form of an answer, as far as the entry of a call records it. */
import type { Leaf } from '../../log/leaf.ts';
import type { DecisionRequest } from '../decision.ts';

/** `latest`, `history` and `asOf` leave no trace in an entry. */
type Delivery = Pick<DecisionRequest, 'stream' | 'export' | 'changes' | 'events'>;

const deliveries: ReadonlyMap<string, Delivery> = new Map<string, Delivery>([
  ['streamRecords', { stream: true }],
  ['requestExport', { export: true }],
  ['makeExports', { export: true }],
  ['downloadExport', { export: true }],
  ['listChanges', { changes: true }],
  ['subscribe', { events: true }],
  ['pullEvents', { events: true }],
  ['watchEvents', { events: true }],
  ['deliverEvents', { events: true }],
]);

/** Empty for a page, a batch, a fact and statistics. */
export function deliveryOf({ operation, stream, change }: Leaf): Delivery {
  // the first copy of a feed of changes is streamed
  if (operation === 'streamRecords' && stream !== undefined && change !== undefined) return { changes: true };
  return deliveries.get(operation) ?? (stream === undefined ? {} : { stream: true });
}

/**
 * Whether an entry ends a stream or file. It delivers nothing itself, and it does not record which of the two a stream was: rows, or the
 * first copy of a feed.
 */
export const endsStream = ({ stream, rows }: Leaf): boolean =>
  (stream?.state === 'complete' || stream?.state === 'aborted') && (rows?.delivered ?? 0) === 0;
