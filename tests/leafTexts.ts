/** What entries of the log say: SQL alone does not show it, as rows hold leaves packed. */
import { leafOf } from '../hub/log/store/storedLeaves.ts';
import type { Database } from '../hub/platform/database/database.ts';
import type { Leaf } from '../log/leaf.ts';

type Read = Pick<Database, 'app'>;

/** Texts of leaves, in their order. @param where of audit_entry, with its values */
export async function leafTexts({ app }: Read, where = 'true', ...values: unknown[]): Promise<string[]> {
  const { rows } = await app.query<{ leaf: Buffer }>(
    `SELECT leaf FROM audit_entry WHERE ${where} ORDER BY idx`,
    values,
  );
  return rows.map(({ leaf }) => Buffer.from(leafOf(leaf)).toString('utf8'));
}

/** The same, read. */
export const leavesWhere = async (database: Read, where = 'true', ...values: unknown[]): Promise<Leaf[]> =>
  (await leafTexts(database, where, ...values)).map((text) => JSON.parse(text) as Leaf);

/** An entry's leaf as an administrator would write it back with one text in the place of another: a value of SQL. */
export async function editedLeaf(database: Read, index: number, from: string, to: string): Promise<string> {
  const [text = ''] = await leafTexts(database, 'idx = $1', index);
  if (!text.includes(from)) throw new Error(`${from} does not stand in entry ${index}`);
  return `'\\x${Buffer.from(text.replaceAll(from, to)).toString('hex')}'::bytea`;
}
