/** Pending items of the page Today, and the section of each. */
import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { addDays, dayInChina } from '../../../terms/civilDate.ts';
import type { Words } from '../words/zh.ts';

/** Deadline, as the hub returns it for every item that has one. */
export interface DueOf {
  readonly due?: string;
  readonly overdue?: boolean;
  readonly provisional?: boolean;
}

export interface Item {
  readonly key: string;
  /** the hub's object, with the day by which it is due */
  readonly of: object;
  readonly kind: keyof Words;
  readonly what: string;
  readonly from: string | undefined;
  readonly why: keyof Words;
  /** one sentence: who waits for what */
  readonly sentence: string;
  /** an identifier for those who need it, such as the thumbprint of a key; shown on hover */
  readonly code?: string;
  readonly act: ReactNode;
  /** what the person can decide on the page Today itself */
  readonly inPlace?: InPlace;
}

/** A request, a proposal or evidence, which unfold with their content; an open event, of which receipt is all that is acknowledged. */
export type InPlace =
  | { readonly of: 'request' | 'proposal' | 'evidence'; readonly id: string }
  | { readonly of: 'event'; readonly event: string; readonly department: string };

/** Whether receipt of an open event is still to be given: the department has stated none of its grades. */
export const owesReceipt = ({
  as,
  given,
}: Pick<Schemas['Waiting']['events'][number], 'as' | 'given'>): boolean =>
  as === 'acknowledger' && given === undefined;

/**
 * Kinds of proposals that are decided on the page Today: what they change is all in their text, and another version replaces it. The others
 * affect agreements, persons or what is destroyed, or are compared with a paper or with rows: their page has what is read first.
 */
const decidedInPlace: readonly string[] = [
  ...['CatalogueEntry', 'CodeList', 'ElementSource', 'Mapping', 'Matter', 'Purpose', 'RequestTemplate'],
];

export const isDecidedInPlace = (kind: string): boolean => decidedInPlace.includes(kind);

/** Reasons of items that are reported and need no act of the person. */
const information: readonly (keyof Words)[] = [
  ...(['whyKeySeen', 'whyInformed', 'whyRetires', 'whyMended', 'whyCode', 'whySecond'] as const),
  ...(['whyStop', 'whyStopLapses', 'whySuspended', 'whyPaused'] as const),
];

/** Sections of the page Today, in the order of display. */
export const lanes = ['today', 'week', 'later', 'undated', 'known'] as const;
export type Lane = (typeof lanes)[number];

/** The section of an item: due by today, by Sunday, later, or without a deadline. A week begins on Monday. @param now Unix milliseconds */
export function laneOf({ of, why }: Pick<Item, 'of' | 'why'>, now: number): Lane {
  if (information.includes(why)) return 'known';
  const { due, overdue } = dueOf(of);
  const today = dayInChina(now);
  if (overdue === true || (due !== undefined && due <= today)) return 'today';
  if (due === undefined) return 'undated';
  const sunday = addDays(today, (7 - new Date(Date.parse(today)).getUTCDay()) % 7);
  return due <= sunday ? 'week' : 'later';
}

/** Sections whose items need no act, or only by few: they are not part of the count in menu and title. */
const uncounted: readonly string[] = ['keys', 'codes', 'seconds', 'stops'];

/** Items of other kinds that need no act: those of the `known` section, by the members that decide their reason. */
const informing = ({ requests, retirements, tickets, pulls }: Schemas['Waiting']): number =>
  [
    ...requests.filter(({ informed }) => informed === true),
    ...retirements.filter((one) => one.as === 'consumer'),
    ...tickets.filter(({ state }) => state !== 'open'),
    ...pulls.filter(({ until }) => until !== undefined),
  ].length;

/** Number of things that wait for the person's act. @param waiting the first page: later pages have other items and the same counts */
export const openCount = (waiting: Schemas['Waiting']): number =>
  Object.entries(waiting.counts)
    .filter(([section]) => !uncounted.includes(section))
    .reduce((sum, [, count]) => sum + count, 0) - informing(waiting);

/** Some items have no deadline. */
export const dueOf = (of: object): DueOf => of;

export type Sections = Omit<
  Schemas['Waiting'],
  'counts' | 'overdue' | 'nextCursor' | 'others' | 'datasets' | 'agreements'
>;

/** Label of each kind of pending item, by section of the hub's answer. */
export const kindOfSection: Readonly<Record<keyof Sections, keyof Words>> = {
  requests: 'kindRequest',
  documents: 'kindDocument',
  proposals: 'kindProposal',
  schemas: 'kindSchema',
  changeovers: 'kindChangeover',
  retirements: 'kindRetirement',
  persons: 'kindPerson',
  batches: 'kindBatch',
  silent: 'kindSilent',
  dueCases: 'kindDueCases',
  events: 'kindOpenEvent',
  pulls: 'kindPull',
  tickets: 'kindTicket',
  disputes: 'kindDispute',
  demands: 'kindDemand',
  duties: 'kindDuty',
  keys: 'kindKey',
  codes: 'kindCode',
  expiring: 'kindExpiring',
  stops: 'kindStop',
  seconds: 'kindSecond',
  risks: 'kindRisk',
  evidence: 'kindEvidence',
  catalogue: 'kindEntry',
  certificates: 'kindCertificate',
};

/** Other persons who can act on each item, as the hub returns them; an item without an entry waits for no other person. */
export function othersIn(
  waiting: Schemas['Waiting'] | undefined,
): ReadonlyMap<object, Pick<NonNullable<Schemas['Waiting']['others']>[number], 'persons' | 'incomplete'>> {
  const found = new Map<object, NonNullable<Schemas['Waiting']['others']>[number]>();
  for (const one of waiting?.others ?? []) {
    const items: readonly object[] = waiting?.[one.kind as keyof Sections] ?? [];
    const item = items[one.at];
    if (item !== undefined) found.set(item, one);
  }
  return found;
}
