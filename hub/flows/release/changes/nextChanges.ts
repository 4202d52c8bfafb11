/** One answer of a feed: rounds over the rows, portion by portion, until it is full, in step, or has looked at enough. */
import { randomInt } from 'node:crypto';
import { Problem } from '../../../../terms/problem.ts';
import type { FeedPlace } from './store/feeds.ts';
import { isMissingTable } from '../../../platform/database/failure.ts';
import type { ReleaseServices } from '../services.ts';
import { BatchReplaced, Round, type Changes, type ChangesAsked } from './round.ts';
import { goingOn } from './roundStart.ts';

/** Rows that are read at once. */
const chunk = 1_000;
/** Rows that one call looks at, at least; at most twice as many, drawn anew for each: their number tells nothing of who did not agree. */
const leastLooked = 5_000;
/** How often a round begins again because the batch was replaced under it. */
const mostStarts = 5;

/** @throws Problem dataset_without_rows, mask_type_errors, masked_row_invalid */
export async function nextChanges(
  services: ReleaseServices,
  asked: ChangesAsked,
  from: FeedPlace,
): Promise<Changes> {
  let start = from;
  for (let tries = 1; tries <= mostStarts; tries += 1) {
    try {
      return await roundFrom(services, asked, start);
    } catch (error) {
      if (!(error instanceof BatchReplaced || isMissingTable(error))) throw error;
    }
    start = await goingOn(services, asked, undefined);
  }
  throw new Problem('dataset_without_rows', { dataset: asked.dataset.row.id });
}

async function roundFrom(services: ReleaseServices, asked: ChangesAsked, from: FeedPlace): Promise<Changes> {
  const round = new Round(services, asked);
  let place = from;
  let left = leastLooked + randomInt(leastLooked);
  while (place.phase !== 'done' && left > 0 && !round.isFull()) {
    const step =
      place.phase === 'rows'
        ? await round.rows(place, Math.min(chunk, left))
        : await round.gone(place, Math.min(chunk, left));
    left -= step.looked;
    place = step.place;
  }
  return round.result(place);
}
