/** Reads a list of a hub page by page: forwards, backwards, in each of its orders, and counted. */
import assert from 'node:assert/strict';

export type Row = Readonly<Record<string, unknown>>;

/** A GET with a token. */
export type Ask = (token: string, path: string) => Promise<{ readonly status: number; readonly json: Row }>;

export interface PagedLists {
  /** The rows: in pages of two they are what they are in one, and no page but the last is short. */
  readonly paged: (token: string, path: string, member: string) => Promise<Row[]>;
  /** As `paged`, also page by page from the end, in each order, and counted. @param sorts '': the usual order */
  readonly pagedBothWays: (
    token: string,
    path: string,
    member: string,
    sorts: readonly string[],
  ) => Promise<Row[]>;
}

const withMore = (path: string, more: string): string =>
  more === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${more}`;

export function pagedLists(ask: Ask): PagedLists {
  /** Every page, by its cursor. */
  async function pages(token: string, path: string, member: string, limit: number): Promise<Row[][]> {
    const all: Row[][] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const more = cursor === '' ? '' : `&cursor=${cursor}`;
      const { status, json }: Awaited<ReturnType<Ask>> = await ask(
        token,
        withMore(path, `limit=${limit}${more}`),
      );
      assert.equal(status, 200, JSON.stringify(json));
      all.push(json[member] as Row[]);
      cursor = json['nextCursor'] as string | undefined;
    }
    return all;
  }

  async function paged(token: string, path: string, member: string): Promise<Row[]> {
    const twos = await pages(token, path, member, 2);
    assert.ok(twos.length > 1, `${path} has more rows than a page`);
    for (const page of twos.slice(0, -1)) assert.equal(page.length, 2, path);
    const [whole = [], ...rest] = await pages(token, path, member, 200);
    assert.equal(rest.length, 0);
    assert.deepEqual(twos.flat(), whole, path);
    return whole;
  }

  async function lastCursor(token: string, ordered: string): Promise<string> {
    let found = '';
    for (let next: unknown = ''; typeof next === 'string';) {
      const { json } = await ask(
        token,
        withMore(ordered, next === '' ? 'limit=2' : `limit=2&cursor=${next}`),
      );
      next = json['nextCursor'];
      if (typeof next === 'string') found = next;
    }
    return found;
  }

  return {
    paged,
    pagedBothWays: async (token, path, member, sorts) => {
      const whole = await paged(token, path, member);
      const ids = (rows: readonly Row[]): string[] => rows.map((row) => JSON.stringify(row));
      for (const sort of sorts) {
        const ordered = withMore(path, sort === '' ? '' : `sort=${sort}`);
        const forwards = await pages(token, ordered, member, 2);
        assert.deepEqual(ids(forwards.flat()).sort(), ids(whole).sort(), ordered);
        const first = await ask(token, withMore(ordered, 'limit=2&total=true'));
        assert.deepEqual(first.json['total'], { count: whole.length, more: false });
        const cursor = await lastCursor(token, ordered);
        const last = await ask(token, withMore(ordered, `limit=2&total=true&cursor=${cursor}`));
        assert.equal(last.json['total'], undefined, 'rows are counted once, not with each page');
        const back: Row[][] = [last.json[member] as Row[]];
        for (let { previousCursor } = last.json; typeof previousCursor === 'string';) {
          const { json } = await ask(token, withMore(ordered, `limit=2&cursor=${previousCursor}`));
          assert.equal(typeof json['nextCursor'], 'string', 'the page it came from is the next one');
          back.unshift(json[member] as Row[]);
          previousCursor = json['previousCursor'];
        }
        assert.deepEqual(back.flat(), forwards.flat(), `${ordered} backwards`);
      }
      return whole;
    },
  };
}
