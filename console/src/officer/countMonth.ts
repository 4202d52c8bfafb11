/** The figures of a month, counted in this browser from the entries of the log, as `datong audit report` counts them. */
import { readBundle } from '../../../log/missing.ts';
import { ReportCount, type ReportedMonth } from '../../../log/reportedMonth.ts';
import { startOfDayInChina } from '../../../terms/civilDate.ts';
import { get, getFile, post } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';
import { leafOf } from '../api/leaf.ts';

/** Entries that a browser reads for one report; a larger month is counted by the command. */
export const maxEntries = 100_000;
const entriesAtOnce = 8_192;

/** A month that was counted, or why it was not: it has too many entries, or one of them is missing from the log. */
export type CountedMonth =
  { readonly report: ReportedMonth } | { readonly tooMany: number } | { readonly missing: number };

/** First moment of a month in China. @param month `2026-11` @param after so many months later */
export function startOfMonth(month: string, after = 0): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  const first = new Date(Date.UTC(year, number - 1 + after, 1)).toISOString().slice(0, 10);
  return new Date(startOfDayInChina(first)).toISOString();
}

/** Each search and each bundle is an entry of the log itself. @throws Refused, Unreachable */
export async function countMonth(month: string): Promise<CountedMonth> {
  const first = await entriesBefore(startOfMonth(month));
  const end = await entriesBefore(startOfMonth(month, 1));
  if (end - first > maxEntries) return { tooMany: end - first };
  const register = await everyPage(
    (cursor) => get('/v1/matters', { query: { limit: '200', cursor } }),
    ({ matters }) => matters,
  );
  const count = new ReportCount(month, register);
  for (let at = first; at < end;) {
    const query = { from: String(at), limit: String(Math.min(entriesAtOnce, end - at)) };
    const bytes = new Uint8Array(await (await getFile('/v1/log/entries/bundle', { query })).arrayBuffer());
    const leaves = readBundle(bytes);
    if (leaves.length === 0) return { missing: at };
    for (const [nth, leaf] of leaves.entries()) count.add(at + nth, leafOf(leaf));
    at += leaves.length;
  }
  return { report: count.report() };
}

/** Number of entries of the log before a moment. */
async function entriesBefore(until: string): Promise<number> {
  const { entries } = await post('/v1/log/searches', { until, limit: 1 });
  return (entries[0]?.index ?? -1) + 1;
}
