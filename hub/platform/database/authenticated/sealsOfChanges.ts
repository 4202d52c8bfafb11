/** Makes the seals of rows in the transaction that changed them. */
import type { KeyObject } from 'node:crypto';
import type { Reader } from '../reader.ts';
import { jsonColumns, ruleOf, type SealedName } from './rules.ts';
import {
  inPortions,
  readRows,
  removeSeals,
  writeSeals,
  writeSum,
  type Seal,
  type SelectedRow,
} from './sealStore.ts';
import {
  added,
  isSameMac,
  removed,
  rowMac,
  type Content,
  type Summed,
  type TableDigests,
  type TableSum,
} from './seals.ts';
import { contentOf, keyOf } from './statements.ts';

/** rows of one statement: while they are parsed and their MACs are made, no other call is answered */
const portion = 250;

/**
 * Seals rows in their present state.
 * @param former their content before the transaction, by key; null: there was no row
 * @returns the new sum of the table; undefined where a row had been changed past the hub before
 */
export async function sealRows(
  reader: Reader,
  name: SealedName,
  former: ReadonlyMap<string, Content | null>,
  {
    entry,
    sum: before,
    key,
  }: { readonly entry: string | null; readonly sum: Summed; readonly key: KeyObject },
): Promise<Summed | undefined> {
  let { count, sum } = before;
  const keys = [...former.keys()];
  for (let at = 0; at < keys.length; at += portion) {
    const seals: Seal[] = [];
    const gone: string[] = [];
    for (const row of await readRows(reader, name, keys.slice(at, at + portion))) {
      if (
        !wasValid(key, name, row, former.get(row.key) ?? null) ||
        !isNamedSo(name, row) ||
        hasText(name, row)
      )
        return undefined;
      if (row.mac !== null) [count, sum] = [count - 1, removed(sum, row.mac)];
      if (row.content === null) {
        gone.push(row.key);
        continue;
      }
      const seal = { key: row.key, entry: entry ?? row.entry };
      const mac = rowMac(key, name, { ...seal, content: row.content });
      [count, sum] = [count + 1, added(sum, mac)];
      seals.push({ ...seal, mac });
    }
    await writeSeals(reader, name, seals);
    await removeSeals(reader, name, gone);
  }
  return { count, sum };
}

/** Whether the row that an index led to has the key. */
const isNamedSo = (name: SealedName, { key, content }: SelectedRow): boolean =>
  content === null ||
  Object.keys(ruleOf(name).key)
    // the key is the beginning of what is sealed
    .map((_, at) => content[at] ?? '')
    .join('\u001f') === key;

/** Whether a text is in the place of a list or an object: the former content that a trigger reports does not show it. */
const hasText = (name: SealedName, { content }: SelectedRow): boolean =>
  ruleOf(name).sealed.some(
    (column, at) => jsonColumns[name]?.includes(column) === true && content?.[at]?.startsWith('"') === true,
  );

/** Seals every row of a table that has no sum yet. @returns its sum */
export async function sealWhole(
  reader: Reader,
  name: SealedName,
  entry: string,
  digests: TableDigests,
): Promise<TableSum> {
  const { key } = digests;
  let [count, sum] = [0, 0n];
  const all = `SELECT ${keyOf(name, 't')} AS key, ${contentOf(name, 'j')} AS content
                 FROM ${name} AS t CROSS JOIN LATERAL to_jsonb(t) AS j`;
  for await (const rows of inPortions<{ key: string; content: Content }>(reader, all)) {
    const seals = rows.map((row) => ({ key: row.key, mac: rowMac(key, name, { ...row, entry }), entry }));
    for (const { mac } of seals) [count, sum] = [count + 1, added(sum, mac)];
    await writeSeals(reader, name, seals);
  }
  const first = digests.next(name, undefined, { count, sum });
  await writeSum(reader, key, name, first);
  return first;
}

/** Whether a changed row had a seal of its former content, and an inserted one had none. */
function wasValid(
  key: KeyObject,
  name: SealedName,
  { mac, ...row }: SelectedRow,
  former: Content | null,
): boolean {
  if (former === null) return mac === null;
  return isSameMac(mac, rowMac(key, name, { ...row, content: former }));
}
