import { defined } from '../../terms/defined.ts';
import type { StaffClient, StaffReply } from './apply/staffCall.ts';
import { bodyOf } from './approve/waiting.ts';
import type { Get } from './reading/reader.ts';

type Page = StaffReply['body'];

/** GET as a member of staff. @throws DatongRefusal */
export const getFrom =
  (client: Pick<StaffClient, 'get'>): Get =>
  async (path) =>
    bodyOf(await client.get(path));

/**
 * The pages of a list.
 * @param query undefined members are left out
 */
export async function* pagesOf(
  get: Get,
  path: string,
  query: Readonly<Record<string, string | undefined>>,
): AsyncGenerator<Page> {
  let cursor: unknown;
  do {
    const parameters = new URLSearchParams(defined(query) as Record<string, string>);
    if (typeof cursor === 'string') parameters.set('cursor', cursor);
    const page = await get(`${path}?${parameters.toString()}`);
    yield page;
    cursor = page['nextCursor'];
  } while (typeof cursor === 'string');
}

/** All items of a list, page after page. @param itemsOf the items of a page */
export async function everyPage<T>(
  get: Get,
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  itemsOf: (page: Page) => readonly T[],
): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pagesOf(get, path, query)) items.push(...itemsOf(page));
  return items;
}
