/** Compares the records of attachments with the objects of the object store. Nothing is written there. */
import { Problem } from '../../../terms/problem.ts';
import { sealBytes } from '../sealer.ts';
import type { Pool } from '../../platform/database/database.ts';
import { comparedWith, maxReturned, type Compared } from './store/missing.ts';
import { isAttachmentName, type AttachmentStorage, type StoredObject } from './store/storage.ts';

/** Ids that a text names. */
const maxNamed = 3;

export interface Page {
  readonly objects: readonly StoredObject[];
  /** the last id, where there are more */
  readonly next: string | undefined;
}

/**
 * The records in the range of one page. @param after the last id of the page before
 * @param before Unix milliseconds, at the latest when the page was listed
 */
export const comparePage = (
  pool: Pool,
  { objects, next }: Page,
  after: string | undefined,
  before: number,
): Promise<Compared> => {
  const finished = objects.filter(({ id, upload }) => upload === '' && isAttachmentName(id));
  return comparedWith(pool, { after, upTo: next }, finished, { before, sealBytes });
};

/** Compares all records. @param before Unix milliseconds */
export async function compareObjects(
  pool: Pool,
  storage: Required<Pick<AttachmentStorage, 'list'>>,
  before: number,
): Promise<Compared> {
  let found: Compared = { inBucket: 0, missing: 0, first: [] };
  let after: string | undefined;
  do {
    const page = await storage.list(after);
    const { inBucket, missing, first } = await comparePage(pool, page, after, before);
    found = {
      inBucket: found.inBucket + inBucket,
      missing: found.missing + missing,
      first: [...found.first, ...first].slice(0, maxReturned),
    };
    after = page.next;
  } while (after !== undefined);
  return found;
}

/** What is missing, in words. */
export function missingProblem({ missing, inBucket, first }: Compared): Problem {
  const more = missing > maxNamed ? ' …' : '';
  return new Problem('attachment_objects_missing', {
    missing,
    of: inBucket,
    first: `${first.slice(0, maxNamed).join(', ')}${more}`,
  });
}
