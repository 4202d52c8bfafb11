import type { Bilingual } from '../../../terms/bilingual.ts';
import type { DemandView, DisputeView, RequestSummary, MissingSecondApprovers } from '../../sdk/listTypes.ts';
import type { Batch } from '../../sdk/types.ts';
import type { Duty } from '../../sdk/duties.ts';
import { DatongRefusal, staffClient, type StaffClient, type StaffReply } from '../apply/staffCall.ts';
import type { TicketSummary } from '../../sdk/tickets.ts';
import { openStaffAccess, type StaffOptions } from '../profile.ts';
import { exitCode, VerbFailure } from '../verb.ts';

/** Until when a thing is to be done, as the law or the city gives it a clock. */
export interface DueOf {
  /** civil date of China: the last day that is in time */
  readonly due?: string;
  /** that day is over */
  readonly overdue?: boolean;
  /** holidays are not announced that far: the day may move */
  readonly provisional?: boolean;
}

export interface WaitingDocument extends DueOf {
  readonly id: string;
  readonly version: number;
  readonly kind: string;
  readonly provider?: string;
  readonly consumer?: string;
  /** sides for which this person may sign by passkey */
  readonly signable?: readonly { readonly role: string; readonly department: string }[];
  /** others approve it */
  readonly signOnly?: true;
}

export interface WaitingPerson extends DueOf {
  readonly person: string;
  readonly name: string;
  readonly roles: readonly { readonly role: string; readonly department?: string }[];
}

export interface WaitingProposal extends DueOf {
  readonly proposal: string;
  readonly kind: string;
  readonly name: string;
  readonly digest: string;
  /** id of a person */
  readonly author: string;
  readonly authorName?: string;
  /** a department; absent: the data office */
  readonly owner?: string;
}

/** A version of a schema in review. */
export interface WaitingSchema extends DueOf {
  readonly urn: string;
  readonly digest: string;
  /** id of a person */
  readonly author: string;
  readonly authorName?: string;
  /** the role in which this person must decide */
  readonly as: 'approver' | 'officer';
}

/** A dataset that changes to a new major version, and the role in which the person is notified. */
export interface WaitingChangeover extends DueOf {
  readonly dataset: string;
  readonly from: string;
  readonly to: string;
  readonly as: 'approver' | 'officer' | 'consumer';
  /** agreements of their department that stop */
  readonly stops: readonly string[];
}

export interface WaitingRetirement extends DueOf {
  readonly dataset: string;
  readonly as: 'approver' | 'consumer';
  /** the last day on which another person may agree */
  readonly due: string;
  readonly rows?: number;
  readonly agreements: readonly string[];
}

/** A key of a department, as shown to those responsible for it. */
export interface WaitingKey extends DueOf {
  /** thumbprint (RFC 7638) */
  readonly keyid: string;
  readonly department: string;
  readonly state: 'waiting' | 'active' | 'refused';
  readonly confirmable: boolean;
  /** RFC 3339 */
  readonly enrolled: string;
  readonly issuer?: string;
  readonly issuerName?: string;
  readonly objection?: string;
}

/** An entry of the catalogue to bring up to date, or whose data is late. */
export interface WaitingEntry {
  readonly clock: 'revision' | 'retired' | 'contradicted' | 'cycle';
  readonly name: string;
  /** absent: the data office */
  readonly department?: string;
  readonly dataset?: string;
  readonly proposal?: string;
  /** civil dates of China */
  readonly since: string;
  readonly due: string;
  readonly overdue: boolean;
}

/** A credential that gives access and expires soon. */
export interface WaitingCertificate extends DueOf {
  readonly what: 'intermediate' | 'root-list' | 'root' | 'accepted-root' | 'department';
  /** whose it is; absent: the hub's own */
  readonly department?: string;
  /** of an accepted root */
  readonly pin?: string;
  /** RFC 3339 */
  readonly ends: string;
}

export interface WaitingRisk {
  readonly id: string;
  readonly rule: string;
  readonly consumer?: string;
  readonly count: number;
  readonly due: string;
  readonly state: string;
  readonly overdue: boolean;
}

/** As the hub answers it. */
export interface Waiting {
  readonly keys: readonly WaitingKey[];
  /** enrolment codes that could still be used; `code` is the name of one, never the code itself */
  readonly codes: readonly ({
    readonly code: string;
    readonly department: string;
    readonly expires: string;
    readonly issuer?: string;
    readonly issuerName?: string;
  } & DueOf)[];
  readonly proposals: readonly WaitingProposal[];
  readonly schemas: readonly WaitingSchema[];
  readonly changeovers: readonly WaitingChangeover[];
  readonly retirements: readonly WaitingRetirement[];
  readonly documents: readonly WaitingDocument[];
  readonly persons: readonly WaitingPerson[];
  /** datasets whose expected batch did not come */
  readonly silent: readonly ({
    readonly dataset: string;
    readonly from: string;
    readonly due: string;
    readonly lastCame?: string;
  } & DueOf)[];
  /** cases whose transition is nearly due or late */
  readonly dueCases: readonly ({
    readonly dataset: string;
    readonly transition: string;
    readonly transitionTitle?: Bilingual;
    readonly cases: number;
    readonly deadline: string;
  } & DueOf)[];
  /** open events to acknowledge, and missed deadlines that were escalated to this person */
  readonly events: readonly ({
    readonly event: string;
    readonly plan: string;
    readonly step: string;
    readonly department: string;
    /** what the step demands, and the highest that the department has stated */
    readonly grade: string;
    readonly given?: string;
    readonly as: 'acknowledger' | 'escalated';
    readonly deadline: string;
  } & DueOf)[];
  /** pulls that are paused, or whose last run met a problem */
  readonly pulls: readonly ({
    readonly dataset: string;
    readonly outcome: string;
    readonly at: string;
    /** of a paused one: its last day */
    readonly until?: string;
    /** when the next run is due */
    readonly nextRunAt?: string;
  } & DueOf)[];
  /** agreements that end within thirty days */
  readonly expiring: readonly ({ readonly agreement: string; readonly until: string } & DueOf)[];
  /** stopped agreements, who stopped them, and until when a provider's stop lasts */
  readonly stops: readonly ({
    readonly agreement: string;
    /** that is suspended; absent where the agreement itself is */
    readonly dataset?: string;
    readonly since?: string;
    readonly sides: readonly string[];
    /** of each side, why as far as it is known */
    readonly reasons: readonly { readonly side: string; readonly reason?: string }[];
    readonly until?: string;
  } & DueOf)[];
  /** requests at a stage of this person, or near their deadline */
  readonly requests: readonly (RequestSummary & DueOf)[];
  /** duties of departments for data they received, due soon or overdue */
  readonly duties: readonly (Duty & DueOf)[];
  /** departments of this person with one data steward and no second approver */
  readonly seconds: readonly (MissingSecondApprovers[number] & DueOf)[];
  /** entries of the catalogue whose clock runs */
  readonly catalogue: readonly WaitingEntry[];
  /** demands for data that no department offers, to assign or to answer */
  readonly demands: readonly DemandView[];
  /** disputes whose next step this person may take */
  readonly disputes: readonly (DisputeView & DueOf)[];
  /** reports of wrong data, to answer; and corrections of data that the person's department received */
  readonly tickets: readonly TicketSummary[];
  /** submissions that a person must release or drop */
  readonly batches: readonly (Batch & DueOf)[];
  /** findings of the log rules that are not acknowledged yet */
  readonly risks: readonly WaitingRisk[];
  /** evidence about persons that another person requested */
  readonly evidence: readonly ({
    readonly id: string;
    readonly reason: string;
    readonly case: string;
  } & DueOf)[];
  readonly certificates: readonly WaitingCertificate[];
}

/** Works as the person whose token the options name (in the demo: the security officer). @throws DatongRefusal */
export async function asReviewer<T>(
  options: StaffOptions,
  work: (client: StaffClient) => Promise<T>,
): Promise<T> {
  const client = staffClient(openStaffAccess(options, 'security'));
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

/** All pending items of the person. @throws DatongRefusal */
export const waitingFor = async (client: StaffClient): Promise<Waiting> =>
  (await waitingPages(client, { maxItems: Number.POSITIVE_INFINITY })).waiting;

/** Who else can act on an item. */
export interface OthersOf {
  readonly kind: string;
  readonly pendingItem: Readonly<Record<string, unknown>>;
  readonly persons: readonly { readonly person: string; readonly name: string }[];
  /** not all persons who may act were examined */
  readonly incomplete?: true;
}

/**
 * The person's pending items, page after page: those due first come first.
 * @param wanted.kind only of this section
 * @param wanted.most maximum number of items
 * @param wanted.others also who else can act on each
 * @returns also whether there are more, and how many of all are overdue
 * @throws DatongRefusal
 */
export async function waitingPages(
  client: StaffClient,
  {
    kind,
    maxItems,
    others: named = false,
  }: { readonly kind?: string | undefined; readonly maxItems: number; readonly others?: boolean },
): Promise<{
  readonly waiting: Waiting;
  readonly others: readonly OthersOf[];
  readonly more: boolean;
  readonly overdue: number;
}> {
  const found: Record<string, unknown[]> = {};
  const allOthers: OthersOf[] = [];
  let read = 0;
  let overdue = 0;
  let cursor: unknown;
  do {
    const requested = new URLSearchParams({ limit: String(Math.min(200, maxItems - read)) });
    if (kind !== undefined) requested.set('kind', kind);
    if (named) requested.set('others', 'true');
    if (typeof cursor === 'string') requested.set('cursor', cursor);
    const {
      counts: _counts,
      overdue: late,
      nextCursor,
      others = [],
      ...sections
    } = bodyOf(await client.get(`/v1/inbox?${requested.toString()}`));
    for (const [section, items] of Object.entries(sections)) {
      if (!Array.isArray(items)) continue;
      found[section] = [...(found[section] ?? []), ...(items as unknown[])];
      read += items.length;
    }
    for (const { kind: section, at, ...who } of others as readonly (OthersOf & { readonly at: number })[]) {
      const item = (sections[section] as readonly OthersOf['pendingItem'][])[at];
      if (item !== undefined) allOthers.push({ ...who, kind: section, pendingItem: item });
    }
    if (typeof late === 'number') overdue = late;
    cursor = nextCursor;
  } while (typeof cursor === 'string' && read < maxItems);
  return {
    waiting: found as unknown as Waiting,
    others: allOthers,
    more: typeof cursor === 'string',
    overdue,
  };
}

/** @throws DatongRefusal */
export function bodyOf(reply: StaffReply): StaffReply['body'] {
  if (reply.status >= 400) throw new DatongRefusal(reply);
  return reply.body;
}

/** A digest that was named before is the one that is shown. @throws VerbFailure (exit 1) */
export function sameOr(named: string | undefined, shown: string): string {
  if (named === undefined || named === shown) return shown;
  throw new VerbFailure(exitCode.refused, {
    zh: `摘要不符：现在是 ${shown}`,
    en: `it is another one by now: ${shown}`,
  });
}

/** `steward@education`, `security` in the data office */
export const roleText = ({ role, department }: WaitingPerson['roles'][number]): string =>
  department === undefined ? role : `${role}@${department}`;
