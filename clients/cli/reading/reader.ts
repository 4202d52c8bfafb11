/** Reads the registry, as a department's machine or as a member of staff: both listeners have the same operations. */
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import type { DatongClient } from '../../sdk/datongClient.ts';
import { DatongRefusal, staffClient } from '../apply/staffCall.ts';
import { openStaffAccess, readDemoState } from '../profile.ts';
import { inUse, storedProfile } from '../profiles/profileHome.ts';
import { columns } from '../printedText.ts';
import { data, dataLines, exitCode, say, talk, VerbFailure } from '../verb.ts';
import { withClient } from '../withClient.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { wholeNumber } from '../values.ts';

export interface ReaderOptions {
  readonly as?: string;
  readonly profile?: string;
  readonly token?: string;
  readonly demo?: boolean;
  readonly staff?: boolean;
  readonly limit: number;
  readonly json?: boolean;
}

/** Adds the options of every verb for a department or a member of staff. */
export const withActor = (command: Command): Command =>
  command
    .option('--as <name>', 'department or member of staff of the running demo')
    .option('--demo', 'the running demo, as its operator')
    .option('--profile <name>', 'profile or its file (default: ./datong.json, else the one in use)')
    .option('--staff', 'as a member of staff, where a department is there too')
    .option('--token <token>', 'token of a member of staff (default: that of the profile)')
    .option('--json', 'as the hub answers it');

/** Adds the options of every reading verb. */
export const withReader = (command: Command): Command =>
  withActor(command).option('--limit <number>', 'at most so many', wholeNumber(1, 100_000), 1_000);

/** Sends a GET to the hub. @returns its answer; a refusal is thrown */
export type Get = (path: string) => Promise<Readonly<Record<string, unknown>>>;
/** @returns the answer to a change that a member of staff requests */
type Post = (path: string, body: object) => Promise<Readonly<Record<string, unknown>>>;

/** @throws VerbFailure for a refusal (exit 1), the network (3), or without an identity (4) */
export async function reading(options: ReaderOptions, work: (get: Get) => Promise<void>): Promise<void> {
  if (speaksAsStaff(options)) {
    const client = staffClient(openStaffAccess(options, 'operator'));
    try {
      await work(async (path) => {
        const reply = await client.get(path);
        if (reply.status >= 400) throw new DatongRefusal(reply);
        return reply.body;
      });
    } finally {
      client.close();
    }
    return;
  }
  await withClient(options, (client) =>
    work(async (path) => {
      const { json } = await client.call({ method: 'GET', path, receipt: 'required' });
      return json as Readonly<Record<string, unknown>>;
    }),
  );
}

/**
 * A change that a department's machine or a member of staff may request, each on its own listener.
 * @throws VerbFailure for a refusal (exit 1), the network (3), or without an identity (4)
 */
export async function acting<T>(
  options: Omit<ReaderOptions, 'limit'>,
  way: {
    readonly staff: (post: Post) => Promise<T>;
    readonly department: (client: DatongClient) => Promise<T>;
  },
): Promise<T> {
  if (!speaksAsStaff(options)) {
    let answered: { readonly value: T } | undefined;
    await withClient(options, async (client) => {
      answered = { value: await way.department(client) };
    });
    if (answered === undefined) throw new TypeError('the client was not asked');
    return answered.value;
  }
  const client = staffClient(openStaffAccess(options, 'operator'));
  try {
    return await way.staff(async (path, body) => {
      const reply = await client.post(path, body);
      if (reply.status >= 400) throw new DatongRefusal(reply);
      return reply.body;
    });
  } finally {
    client.close();
  }
}

/** Whether the options select a member of staff. Where both a department and a member of staff are possible, it does not guess. */
function speaksAsStaff({ as, demo, profile, token, staff }: Omit<ReaderOptions, 'limit'>): boolean {
  if (staff === true || demo === true || token !== undefined) return true;
  if (as !== undefined) return readDemoState()?.staff[as] !== undefined;
  const named = profile ?? process.env['DATONG_PROFILE'];
  if (named !== undefined) return storedProfile(named)?.kind === 'staff';
  if (existsSync('datong.json')) return false;
  const current = inUse();
  if (current.staff !== undefined && current.department !== undefined) {
    throw new VerbFailure(
      exitCode.usage,
      {
        zh: `部门（${current.department}）和工作人员（${current.staff}）都可以，请指明`,
        en: `a department (${current.department}) or a member of staff (${current.staff}) could be meant`,
      },
      { zh: '加 --profile 名称，或 --staff', en: 'name one with --profile NAME, or add --staff' },
    );
  }
  return current.staff !== undefined;
}

export type Item = Readonly<Record<string, unknown>>;

/** All pages of a list, up to the limit. */
export async function readList(
  get: Get,
  path: string,
  member: string,
  query: Readonly<Record<string, string | undefined>>,
  limit: number,
): Promise<{ readonly items: readonly Item[]; readonly more: boolean }> {
  const items: Item[] = [];
  let cursor: unknown;
  do {
    const requested = new URLSearchParams({ limit: String(Math.min(200, limit - items.length)) });
    for (const [name, value] of Object.entries(query)) if (value !== undefined) requested.set(name, value);
    if (typeof cursor === 'string') requested.set('cursor', cursor);
    const page = await get(`${path}?${requested.toString()}`);
    items.push(...(page[member] as readonly Item[]));
    cursor = page['nextCursor'];
  } while (typeof cursor === 'string' && items.length < limit);
  return { items, more: typeof cursor === 'string' };
}

/** A list on stdout, in columns or as JSON. */
export async function printList(
  options: ReaderOptions,
  list: {
    readonly path: string;
    readonly member: string;
    readonly query?: Readonly<Record<string, string | undefined>>;
    readonly line: (item: Item) => readonly string[];
    /** lines after that of the item */
    readonly below?: (item: Item) => readonly string[];
    /** what to do about the listed items */
    readonly next?: (items: readonly Item[]) => Bilingual | undefined;
  },
): Promise<void> {
  await reading(options, async (get) => {
    const { items, more } = await readList(get, list.path, list.member, list.query ?? {}, options.limit);
    if (options.json === true) data(JSON.stringify({ [list.member]: items }));
    else {
      const lines = columns(items.map(list.line));
      dataLines(items.flatMap((item, nth) => [lines[nth] ?? '', ...(list.below?.(item) ?? [])]));
    }
    if (items.length === 0) talk({ zh: '没有', en: 'there are none' });
    const next = options.json === true ? undefined : list.next?.(items);
    if (next !== undefined) talk(next);
    if (more) talk({ zh: `只列出前 ${items.length} 条`, en: `the first ${items.length} are listed` });
  });
}

export const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** A title in the language of talk. */
export const title = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'zh' in value && 'en' in value
    ? say({ zh: text(value.zh), en: text(value.en) })
    : '';
