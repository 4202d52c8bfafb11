/** Events of the hub itself: which entries of the log are events, and what these events say. */
import type { Leaf } from '../../../log/leaf.ts';

/** Names of the shared schemas, without versions. A type of event of the data office that has one of them gets the hub's events. */
const kindOfSchema: ReadonlyMap<string, HubEventKind> = new Map([
  ['hub-batch', 'batch'],
  ['hub-schema', 'schema'],
  ['hub-agreement', 'agreement'],
  ['hub-consent', 'consent'],
  ['hub-ticket', 'ticket'],
  ['hub-case-deadline', 'caseDeadline'],
  ['hub-changed-rows', 'changedRows'],
  ['hub-closed-event', 'closedEvent'],
]);

/** Acts that are always events, for any change. */
const kindOfOperation: ReadonlyMap<string, HubEventKind> = new Map([
  ['warnExpiry', 'agreement'],
  ['answerTicket', 'ticket'],
  ['noticeDeadlines', 'caseDeadline'],
  ['noticeChangedRows', 'changedRows'],
  ['closeEvent', 'closedEvent'],
]);

export type HubEventKind =
  'batch' | 'schema' | 'agreement' | 'consent' | 'ticket' | 'caseDeadline' | 'changedRows' | 'closedEvent';

/** @param urn of a schema version: `urn:datong:hub-batch:1.0` @returns undefined for schemas of other events */
export const hubEventKind = (urn: string): HubEventKind | undefined =>
  kindOfSchema.get(urn.split(':')[2] ?? '');

/** What of a leaf decides whether it is an event. */
type Judged = Pick<Leaf, 'kind' | 'operation' | 'decision' | 'change'>;

type Change = NonNullable<Leaf['change']>;

/** @returns undefined for an entry that is no event */
export function hubEventKindOf(leaf: Judged): HubEventKind | undefined {
  if (leaf.change === undefined) return undefined;
  if (batchStateOf(leaf) !== undefined) return 'batch';
  if (leaf.decision !== 'allow' || leaf.change['changed'] === false) return undefined;
  if (leaf.kind === 'consent')
    return isOneOf(leaf.change.state, ['given', 'withdrawn']) ? 'consent' : undefined;
  if (leaf.kind !== 'management') return undefined;
  return kindOfOperation.get(leaf.operation) ?? kindOfChange(leaf.change);
}

function kindOfChange(change: Change): HubEventKind | undefined {
  if (isPaperConsentGiven(change)) return 'consent';
  if (change.kind === 'Schema' && isSchemaEvent(change)) return 'schema';
  if (isOneOf(change.act, ['close', 'closeLate']) && typeof change.event === 'string') return 'closedEvent';
  if (change.kind === 'Agreement' && isOneOf(change.state, ['active', 'suspended'])) return 'agreement';
  return undefined;
}

/** A draft is discarded without an event: only its department knew of it. */
const isSchemaEvent = ({ state, from }: Change): boolean =>
  isOneOf(state, ['published', 'deprecated', 'retired']) || (state === 'discarded' && from === 'published');

/** A consent on paper is given when the second person confirms it. The entry of its proposal has the digest of the proposal. */
const isPaperConsentGiven = ({ kind, changed, proposalDigest }: Change): boolean =>
  kind === 'PaperConsent' && changed === true && proposalDigest === undefined;

const isOneOf = (state: unknown, states: readonly string[]): boolean =>
  typeof state === 'string' && states.includes(state);

/** What an entry did to a batch. A first approval of two changes nothing yet. */
function batchStateOf({ kind, operation, decision, change }: Judged): string | undefined {
  if (kind !== 'intake' || change === undefined || change['proposed'] === true) return undefined;
  if (operation === 'commitBatch') {
    const expected = decision === 'allow' ? 'published' : 'held';
    return change['state'] === expected ? expected : undefined;
  }
  if (decision !== 'allow') return undefined;
  if (operation === 'releaseBatch') return 'published';
  return operation === 'restoreBatch' ? 'restored' : undefined;
}

/**
 * How many events an entry is, of each type that is about it: the closing of an event is one for each department that it concerns, so that
 * an agreement can give its consumer those that concern it.
 */
export const hubEventCount = (leaf: Judged): number =>
  hubEventKindOf(leaf) === 'closedEvent' ? concernedIn(leaf).length : 1;

const concernedIn = ({ change }: Pick<Leaf, 'change'>): readonly string[] =>
  String(change?.['departments'] ?? '')
    .split(' ')
    .filter((department) => department !== '');

/** The data of its events, in one order. */
export function hubEventData(leaf: Leaf): readonly HubEventData[] {
  const data = membersOf(leaf);
  return hubEventKindOf(leaf) === 'closedEvent'
    ? concernedIn(leaf).map((recipient) => ({ ...data, recipient }))
    : [data];
}

export type HubEventData = Readonly<Record<string, string | number>>;

/** Without members that the entry does not have. */
function membersOf(leaf: Leaf): HubEventData {
  const { id: entry, change = {}, provider, consumer, dataset, batch, agreement, purpose } = leaf;
  const membersOfKind: Readonly<Record<HubEventKind, Readonly<Record<string, unknown>>>> = {
    batch: {
      batch: change['batch'],
      dataset,
      department: provider,
      state: batchStateOf(leaf),
      rows: batch?.rows,
      bad: batch?.bad,
    },
    schema: { schema: change['id'], state: change['state'], sunset: change['sunset'] },
    agreement: {
      ...documentOf(change['document']),
      provider,
      consumer,
      until: change['until'],
      state: leaf.operation === 'warnExpiry' ? 'ending' : change['state'],
    },
    // who reported it is the consumer of the data
    ticket: { ticket: change['ticket'], opener: consumer, provider, dataset, state: change['stands'] },
    consent: {
      // registration of a consent on paper names it `id` and has no state
      consent: change['consent'] ?? change['id'],
      recipient: consumer,
      provider,
      dataset,
      state: change['state'] ?? 'given',
    },
    caseDeadline: {
      dataset,
      department: provider,
      transition: change['transition'],
      responsible: change['departments'],
      cases: change['count'],
      due: change['due'],
      state: change['act'] === 'miss' ? 'missed' : 'warned',
    },
    closedEvent: {
      event: change['event'],
      plan: change['plan'],
      department: provider,
      cause: change['cause'] ?? (leaf.operation === 'closeEvent' ? 'person' : 'time'),
      code: change['code'],
      reason: change['reason'],
      purpose: change['purpose'],
    },
    changedRows: { dataset, department: provider, recipient: consumer, agreement, purpose },
  };
  const kind = hubEventKindOf(leaf);
  const members = Object.entries(kind === undefined ? {} : membersOfKind[kind]);
  return Object.fromEntries([
    ['entry', entry],
    ...members.filter((member): member is [string, string | number] =>
      ['string', 'number'].includes(typeof member[1]),
    ),
  ]);
}

/** `agr-household@2` */
function documentOf(document: unknown): { readonly agreement?: string; readonly version?: number } {
  if (typeof document !== 'string') return {};
  const at = document.lastIndexOf('@');
  return { agreement: document.slice(0, at), version: Number(document.slice(at + 1)) };
}
