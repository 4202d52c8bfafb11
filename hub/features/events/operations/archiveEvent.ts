/** The archive of an open event: what happened to it, with the log entries that prove it, signed by the hub. */
import type { components } from '../../../../api/openapi.ts';
import { signDetached } from '../../../../certs/detachedJws.ts';
import { eventArchiveType } from '../../../../certs/jws.ts';
import type { Leaf } from '../../../../log/leaf.ts';
import type { ArchivedEntry, ArchiveRole } from '../../../../log/pack/eventArchive.ts';
import { canonicalText } from '../../../../schemas/readJson.ts';
import type { CanonicalValue } from '../../../../terms/canonicalJson.ts';
import { Problem } from '../../../../terms/problem.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { exportPack } from '../../../log/evidence/exportPack.ts';
import { newestCheckpoint } from '../../../log/evidence/logAccess.ts';
import { newestAnswers } from '../../../log/evidence/searchEntries.ts';
import type { EntryQuestion } from '../../../log/search/findEntries.ts';
import { leafIn } from '../../../log/search/leaves.ts';
import { entriesOfExchanges, type StoredEntry } from '../../../log/store/entries.ts';
import { allowed } from '../../../pipeline/call.ts';
import type { ReplyOf } from '../../../pipeline/contract.ts';
import { hiddenFromOthers } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { reachOf } from '../../common/reach.ts';
import type { Services } from '../../common/services.ts';
import { anchorsFile } from '../../log/operations/publishedLog.ts';
import { openEventViews } from '../openEventView.ts';
import { openEventById, type OpenEventRow } from '../store/openEvents.ts';
import { plansOfEvents } from '../store/plans.ts';

/** The publisher, and the data office. */
const archivists = {
  'office steward': everywhere,
  'office security': everywhere,
  'office auditor': everywhere,
  steward: own,
  security: own,
  auditor: own,
} as const;

/** Maximum number of entries of an archive. */
const maxEntries = 20_000;

/** GET /v1/open-events/{event}/archive. @throws Problem event_unknown, evidence_too_large */
export const archiveEvent = operation('archiveEvent', {
  kind: 'inspect',
  permission: archivists,
  owner: async (call, { database }) =>
    hiddenFromOthers(call, (await openEventById(database.app, call.params.event))?.department),
  run: async (call, services) => {
    const { app } = services.database;
    const { caller, now } = call;
    const row = await openEventById(app, call.params.event);
    const reach = reachOf(archivists, caller);
    if (row === undefined || (reach !== undefined && !reach.includes(row.department)))
      throw new Problem('event_unknown');
    const [views, planOf] = await Promise.all([
      openEventViews(app, [row], { caller, identity: services.identity, now }),
      plansOfEvents(app, [row]),
    ]);
    const [event] = views;
    const plan = planOf(row);
    if (event === undefined || plan === undefined) throw new Problem('event_unknown');
    const found = await entriesOf(services, row, event, { isWhole: reach === undefined, now });
    const indexes = [...new Set(found.map(({ index }) => index))];
    const pack = await exportPack(services, { indexes });
    // an entry may be newer than the call, and an archive is not older than what it has
    const madeAt = found.reduce((latest, { at }) => Math.max(latest, Date.parse(at)), now);
    const signed = {
      v: 1 as const,
      madeAt: new Date(madeAt).toISOString(),
      scope: reach === undefined ? ('all' as const) : ('publisher' as const),
      // a plan may compare with fractions, which signed JSON does not have
      event,
      plan: canonicalText(plan),
      entries: found.map(({ exchange, as }) => ({ exchange, as })),
      pack,
      anchors: anchorsFile(services),
    };
    const signature = signDetached(signed as unknown as CanonicalValue, services.keys.hubSigning, {
      typ: eventArchiveType,
    });
    return allowed<'archiveEvent'>(200, { ...signed, signature } as ReplyOf<'archiveEvent', 200>, {
      facts: {
        provider: row.department,
        change: { event: row.id, plan: row.plan, entries: found.length },
      },
    });
  },
});

interface FoundEntry extends ArchivedEntry {
  readonly index: number;
  /** RFC 3339 */
  readonly at: string;
}

/**
 * The entries about an event, in the order of the log.
 * @param event as the archive shows it: its acknowledgements and deliveries name their entries
 * @param range.isWhole also calls under the purpose for data of other departments
 */
async function entriesOf(
  services: Services,
  row: OpenEventRow,
  { acknowledgements, deliveries }: components['schemas']['OpenEvent'],
  { isWhole, now }: { readonly isWhole: boolean; readonly now: number },
): Promise<readonly FoundEntry[]> {
  const { app } = services.database;
  const { id, department, purpose, openedBy, closedBy } = row;
  const named = new Map<string, ArchiveRole>([
    ...deliveries.map(({ exchange }) => [exchange, 'delivered'] as const),
    ...deliveries.flatMap(({ receipt }) => (receipt === undefined ? [] : [[receipt, 'received'] as const])),
    ...acknowledgements.map(({ exchange }) => [exchange, 'acknowledged'] as const),
    ...(closedBy === null ? [] : [[closedBy, 'closed'] as const]),
    [openedBy, 'opened'],
  ]);
  const from = new Date(row.openedAt).toISOString();
  const until = (moment: number): string => new Date(moment + 1).toISOString();
  const during = { from, until: until(row.closedAt ?? now) };
  const [stored, deadlines, uses] = await Promise.all([
    entriesOfExchanges(app, [...named.keys()]),
    answersTo(
      services,
      // a notice may be published after the event was closed
      { from, until: until(now), operation: 'escalateEvents', provider: department },
      ({ change }) => change?.['event'] === id,
    ),
    purpose === null
      ? []
      : answersTo(services, { ...during, purpose, ...(isWhole ? {} : { provider: department }) }),
  ]);
  const found = [
    ...uses.map((one) => ({ ...one, as: 'purpose' as const })),
    ...deadlines.map((one) => ({ ...one, as: roleOfAct(one.leaf) })),
    ...readable(stored).map((one) => ({ ...one, as: named.get(one.leaf.id) })),
  ];
  // of several roles of an entry the last one is the most specific
  const roles = new Map<number, FoundEntry>();
  for (const { index, leaf, as } of found)
    if (as !== undefined) roles.set(index, { index, exchange: leaf.id, as, at: leaf.at });
  if (roles.size > maxEntries)
    throw new Problem('evidence_too_large', { entries: roles.size, most: maxEntries });
  return [...roles.values()]
    .sort((one, other) => one.index - other.index)
    .flatMap((one) =>
      // one publication may have opened and closed it
      one.as === 'opened' && openedBy === closedBy ? [one, { ...one, as: 'closed' }] : [one],
    );
}

/** Of an act of the job that watches deadlines; its closing of an event is named by the event. */
const roleOfAct = ({ change }: Leaf): ArchiveRole | undefined => rolesOfActs.get(change?.['act']);

const rolesOfActs: ReadonlyMap<unknown, ArchiveRole> = new Map([
  ['miss', 'missed'],
  ['escalate', 'escalated'],
  ['notify', 'notified'],
]);

interface ReadableEntry {
  readonly index: number;
  readonly leaf: Leaf;
}

/** Entries that are read at once. */
const pageEntries = 1_000;

/** @param isAbout selects entries page by page, so that the others do not stay in memory @throws Problem evidence_too_large */
async function answersTo(
  services: Services,
  question: EntryQuestion,
  isAbout: (leaf: Leaf) => boolean = () => true,
): Promise<readonly ReadableEntry[]> {
  const found: ReadableEntry[] = [];
  let before: number | undefined = newestCheckpoint(services).size;
  while (before !== undefined) {
    const page = await newestAnswers(services.database.app, question, before, pageEntries);
    found.push(...readable(page.entries).filter(({ leaf }) => isAbout(leaf)));
    if (found.length > maxEntries)
      throw new Problem('evidence_too_large', { entries: `> ${maxEntries}`, most: maxEntries });
    before = page.next;
  }
  return found;
}

/** Entries whose bytes are valid. An altered one is missing from the archive, which its verification reports. */
const readable = (entries: readonly StoredEntry[]): readonly ReadableEntry[] =>
  entries.flatMap(({ index, leaf: bytes }) => {
    const leaf = leafIn(bytes);
    return leaf === undefined ? [] : [{ index, leaf }];
  });
