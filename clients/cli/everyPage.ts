import { defined } from '../../terms/defined.ts';
import type { StaffClient, StaffReply } from './apply/staffCall.ts';
import { bodyOf } from './approve/waiting.ts';

/**
 * All items of a list, page after page.
 * @param query undefined members are left out
 * @param itemsOf the items of a page
 * @throws DatongRefusal
 */
export async function everyPage<T>(
  client: Pick<StaffClient, 'get'>,
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  itemsOf: (page: StaffReply['body']) => readonly T[],
): Promise<T[]> {
  const items: T[] = [];
  let cursor: unknown;
  do {
    const parameters = new URLSearchParams(defined(query) as Record<string, string>);
    if (typeof cursor === 'string') parameters.set('cursor', cursor);
    const page = bodyOf(await client.get(`${path}?${parameters.toString()}`));
    items.push(...itemsOf(page));
    cursor = page['nextCursor'];
  } while (typeof cursor === 'string');
  return items;
}
