/** The remaining facts about an exchange whose entry was destroyed: the time, the rules and the recording entry. Nothing of its content. */
import { createHmac, type KeyObject } from 'node:crypto';
import { destructionIn, destructionUnit } from '../../../log/destruction.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { entriesOfExchanges } from '../store/entries.ts';
import { destroyedExchangeRow, destructionsBetween, type DestroyedExchangeRow } from '../store/retention.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { recordingLeaf } from './destroyed.ts';

/**
 * Readers of an exchange: the department that made it, a department that gave or received data by it, or an auditor of the data office
 * (all).
 */
export type ExchangeViewer =
  { readonly own: string } | { readonly concerns: string } | { readonly office: true };

/** The destruction of an entry, as recorded by its own entry. */
export interface DestroyedExchange {
  /** RFC 3339 */
  readonly at: string;
  /** rules that applied: `exchange 3, reading 5` */
  readonly rules: string;
  /** index of the entry that records it */
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

/** Marks of destroyed entries. @param key outside the database, so that its administrator cannot present a removed entry as destroyed */
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
 * Undefined if no entry of that exchange was destroyed, if the reader may not know it, or if no entry of the log records it. In the last
 * case the entry was removed without authority.
 */
export async function destroyedExchange(
  reader: Reader,
  key: KeyObject,
  exchange: string,
  viewer: ExchangeViewer,
): Promise<DestroyedExchange | undefined> {
  const row = await destroyedExchangeRow(reader, keyed(key, exchange, markLength));
  if (row === undefined || !mayBeShown(row, key, exchange, viewer)) return undefined;
  const [unit] = await destructionsBetween(reader, {
    from: row.index,
    to: row.index + 1,
    width: destructionUnit,
    maxUnits: 1,
  });
  if (unit === undefined || unit.stays.includes(row.index)) return undefined;
  const leaf = await recordingLeaf(reader, unit);
  const destruction = leaf === undefined ? undefined : destructionIn(leaf);
  const [entry] = await entriesOfExchanges(reader, [unit.exchange]);
  if (destruction === undefined || entry === undefined) return undefined;
  return { at: destruction.at, rules: destruction.rules, entry: entry.index, order: destruction.order };
}

function mayBeShown(
  { parties }: DestroyedExchangeRow,
  key: KeyObject,
  exchange: string,
  reported: ExchangeViewer,
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
