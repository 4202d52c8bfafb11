/** What is known of an exchange whose entry was destroyed: that it was, when, under which rules and by which entry. Nothing of what it was. */
import { createHmac, type KeyObject } from 'node:crypto';
import { destructionIn, destructionUnit } from '../../../log/destruction.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { entriesOfExchanges } from '../store/entries.ts';
import { destroyedExchangeRow, destructionsBetween, type DestroyedExchangeRow } from '../store/retention.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { tellingLeaf } from './destroyed.ts';

/** Who may be told of an exchange: a department whose own it was, one that gave or got by it, or an auditor of the data office, who may of all. */
export type Reported = { readonly own: string } | { readonly concerns: string } | { readonly office: true };

/** The destruction of an entry, as its own entry tells it. */
export interface DestroyedExchange {
  /** RFC 3339 */
  readonly at: string;
  /** rules that it went by: `exchange 3, reading 5` */
  readonly rules: string;
  /** index of the entry that tells it */
  readonly entry: number;
  /** exchange of the order, by two persons */
  readonly order: string;
}

const markLength = 16;
const partyLength = 8;

const keyed = (key: KeyObject, text: string, length: number): Buffer =>
  createHmac('sha256', key).update(`datong destroyed exchange 1\n${text}`).digest().subarray(0, length);

const partyMark = (key: KeyObject, exchange: string, role: 'own' | 'concerns', department: string): Buffer =>
  keyed(key, `${exchange}\n${role}\n${department}`, partyLength);

/** What stays of entries that go. @param key outside the database, so that its administrator excuses no stolen entry */
export const destroyedMarks = (
  key: KeyObject,
  gone: readonly { readonly index: number; readonly leaf: Leaf }[],
): readonly DestroyedExchangeRow[] =>
  gone.map(({ index, leaf: { id, actor, consumer, provider } }) => ({
    mark: keyed(key, id, markLength),
    index,
    parties: Buffer.concat([
      ...(actor.department === undefined ? [] : [partyMark(key, id, 'own', actor.department)]),
      ...[...new Set([consumer, provider])].flatMap((department) =>
        department === undefined ? [] : [partyMark(key, id, 'concerns', department)],
      ),
    ]),
  }));

/**
 * Undefined where no entry of that exchange was destroyed, where it is not for the asker to know, or where no entry of the log tells it: it
 * was stolen then.
 */
export async function destroyedExchange(
  reader: Reader,
  key: KeyObject,
  exchange: string,
  reported: Reported,
): Promise<DestroyedExchange | undefined> {
  const row = await destroyedExchangeRow(reader, keyed(key, exchange, markLength));
  if (row === undefined || !mayBeTold(row, key, exchange, reported)) return undefined;
  const [unit] = await destructionsBetween(reader, {
    ...{ from: row.index, to: row.index + 1, width: destructionUnit, most: 1 },
  });
  if (unit === undefined || unit.stays.includes(row.index)) return undefined;
  const leaf = await tellingLeaf(reader, unit);
  const said = leaf === undefined ? undefined : destructionIn(leaf);
  const [entry] = await entriesOfExchanges(reader, [unit.exchange]);
  if (said === undefined || entry === undefined) return undefined;
  return { at: said.at, rules: said.rules, entry: entry.index, order: said.order };
}

function mayBeTold(
  { parties }: DestroyedExchangeRow,
  key: KeyObject,
  exchange: string,
  reported: Reported,
): boolean {
  if ('office' in reported) return true;
  const mark =
    'own' in reported
      ? partyMark(key, exchange, 'own', reported.own)
      : partyMark(key, exchange, 'concerns', reported.concerns);
  for (let at = 0; at < parties.length; at += partyLength)
    if (mark.equals(parties.subarray(at, at + partyLength))) return true;
  return false;
}
