/**
 * Places where an interrupted stream can resume. Each checkpoint returns a sealed place. A later call that names it is a separate call: it
 * is decided, masked and logged again, and returns the rows after the part. A place opens only for the same consumer, agreement, terms and
 * question.
 */
import type { Permission } from '../../../policies/decision.ts';
import { openSealed, sealCursor, type CursorContext } from '../cursor.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { Query } from './rowSource.ts';
import { cursorContext } from './requestedRows.ts';
import type { ReleaseServices } from './services.ts';
import { termsDigest, type StreamRequest } from './streamPart.ts';

export interface StreamPlace {
  /** cursor of the next page (`ownCursors`); null where all rows were sent */
  readonly next: string | null;
  /** values that did not fit their masks so far: the agreement limits their total */
  readonly typeErrors: number;
}

export interface StreamPlaces {
  readonly seal: (place: StreamPlace) => string;
  /** @throws Problem cursor_invalid */
  readonly open: (cursor: string) => StreamPlace;
}

/** A stream whose checkpoints name the place to resume it. */
export interface ResumableStream extends StreamRequest {
  readonly places: StreamPlaces;
  /** the place from which the call resumes an interrupted stream */
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
  // the agreement's terms for the rows, instead of the whole policy: other documents may change between parts
  const policy = termsDigest(first).toString('hex');
  const context: CursorContext = { ...page, policy, query: `stream ${page.query}` };
  return {
    seal: (place) => sealCursor(keys.cursor, context, place),
    open: (cursor) => openSealed(keys.cursor, context, cursor) as StreamPlace, // only this hub can have sealed it
  };
}
