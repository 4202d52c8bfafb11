/**
 * Where a stream goes on after a break. Each checkpoint hands out a sealed place. A later call that names it is a call of its own: it is
 * decided, masked and logged anew, and returns what follows the part. A place opens for the same consumer, agreement, terms and question only.
 */
import type { Permission } from '../../../policies/decision.ts';
import { openSealed, sealCursor, type CursorContext } from '../cursor.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { Query } from './rowSource.ts';
import { cursorContext } from './requestedRows.ts';
import type { ReleaseServices } from './services.ts';
import { termsDigest, type StreamRequest } from './streamPart.ts';

export interface StreamPlace {
  /** cursor of the next page (`ownCursors`); null where every row left */
  readonly next: string | null;
  /** values that did not fit their masks so far: the agreement's limit is one of the whole */
  readonly typeErrors: number;
}

export interface StreamPlaces {
  readonly seal: (place: StreamPlace) => string;
  /** @throws Problem cursor_invalid */
  readonly open: (cursor: string) => StreamPlace;
}

/** A stream, whose checkpoints say where it can be resumed. */
export interface ResumableStream extends StreamRequest {
  readonly places: StreamPlaces;
  /** where the call resumes a stream that broke */
  readonly resumed?: StreamPlace;
}

interface Streamed {
  readonly first: Permission;
  readonly query: Query;
  readonly dataset: LiveDataset;
  readonly consumer: string;
}

export function streamPlaces(
  { keys }: Pick<ReleaseServices, 'keys'>,
  { first, query, dataset, consumer }: Streamed,
): StreamPlaces {
  const page = cursorContext(query, first, dataset.row.id, consumer);
  // what the agreement says of the rows, instead of the whole policy: other documents may change in between
  const policy = termsDigest(first).toString('hex');
  const context: CursorContext = { ...page, policy, query: `stream ${page.query}` };
  return {
    seal: (place) => sealCursor(keys.cursor, context, place),
    open: (cursor) => openSealed(keys.cursor, context, cursor) as StreamPlace, // only this hub could have sealed it
  };
}
