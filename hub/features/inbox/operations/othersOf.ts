import type { components } from '../../../../api/openapi.ts';
import { verdictOf, type RoleGrant } from '../../../domain/permissions.ts';
import { liftableBy, type StopSide } from '../../../domain/stops.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { Services } from '../../common/services.ts';
import { departmentsOf, inboxChecks } from './otherApprovers.ts';
import { sectionOf, type InboxSection } from './inboxOf.ts';
import { personOf, type InboxViewer } from './viewer.ts';
import { ownerOf } from '../../../identity/owners.ts';
import { nameStandIn } from '../../staff/operations/standIns.ts';

type Others = NonNullable<components['schemas']['Waiting']['others']>;
type Members = Readonly<Record<string, unknown>>;

/** Maximum number of inbox checks for one answer: one kind of item in one person's inbox each. */
const maxChecks = 60;

/** Members that identify an item across inboxes; empty: no person can act on it. */
export const keyMembers: Readonly<Record<InboxSection, readonly string[]>> = {
  requests: ['id'],
  documents: ['id', 'version'],
  proposals: ['proposal'],
  schemas: ['urn'],
  changeovers: ['dataset', 'to'],
  retirements: ['dataset'],
  persons: ['person'],
  batches: ['batch'],
  silent: ['dataset', 'due'],
  dueCases: ['dataset', 'transition', 'overdue'],
  events: ['event', 'step', 'department'],
  pulls: ['dataset'],
  tickets: ['id'],
  disputes: ['id'],
  demands: ['id'],
  duties: ['id'],
  keys: ['keyid'],
  risks: ['id'],
  evidence: ['id'],
  catalogue: ['clock', 'name', 'dataset', 'proposal'],
  expiring: ['agreement'],
  stops: ['agreement', 'dataset'],
  seconds: ['steward', 'department'],
  certificates: ['what', 'department'],
  // a code is used by its department's system, or expires
  codes: [],
};

/** Whether the viewer may decide the item, or only sees it. */
const mayAct: Partial<
  Record<InboxSection, (one: Members, grants: readonly RoleGrant[], identity: Known) => boolean>
> = {
  requests: ({ informed }) => informed !== true,
  changeovers: ({ as }) => as !== 'consumer',
  retirements: ({ as }) => as !== 'consumer',
  batches: ({ mend }) => mend !== true,
  keys: ({ confirmable }) => confirmable === true,
  events: ({ as }) => as === 'acknowledger',
  tickets: ({ state, as }) => state === 'open' && as === 'provider',
  duties: ({ consumer }, grants) => grants.some(({ department }) => department === consumer),
  demands: ({ state, provider }, grants) =>
    grants.some(({ department }) => (state === 'office' ? undefined : provider) === department),
  // stewards of the requesting department renew it
  expiring: ({ consumer }, grants, identity) =>
    grants.some(
      ({ role, department }) => role === 'steward' && department === ownerOf(identity, text(consumer)),
    ),
  stops: ({ sides, consumer, provider }, grants, identity) => {
    const parties = {
      consumer: ownerOf(identity, text(consumer)),
      provider: ownerOf(identity, text(provider)),
    };
    const liftable = liftableBy(grants, parties);
    return (sides as readonly StopSide[]).some((side) => liftable.includes(side));
  },
  seconds: ({ department }, grants, identity) =>
    verdictOf(nameStandIn.permission, grants, [ownerOf(identity, text(department))]) !== 'refuse',
};

type Known = Pick<Services['identity'], 'department'>;
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/**
 * Finds who else can act on the items of an inbox page. It checks the other persons' own inboxes, so it names only persons who can act. An
 * item is marked incomplete if not all possible persons were checked.
 * @param sections the page
 */
export async function othersOf(
  { caller, now }: InboxViewer,
  services: Services,
  sections: Readonly<Record<InboxSection, readonly object[]>>,
): Promise<Others> {
  const { identity } = services;
  const wanted = (Object.keys(keyMembers) as InboxSection[]).filter((name) => keyMembers[name].length > 0);
  const items = wanted.flatMap((kind) =>
    sections[kind].map((one, at) => ({ kind, at, departments: departmentsOf(identity, one) })),
  );
  if (items.length === 0) return [];
  const { checks, incomplete } = inboxChecks(caller, identity, items, { now, maxChecks });
  const able = new Map<string, Map<string, string>>();
  const known = new Map<string, StaffCaller | undefined>();
  for (const { person, kind } of checks) {
    if (!known.has(person)) known.set(person, personOf(person, services, now));
    const other = known.get(person);
    if (other === undefined) continue;
    for (const one of (await sectionOf(kind, { caller: other, now }, services)) as readonly Members[]) {
      if (mayAct[kind]?.(one, other.grants, identity) === false) continue;
      const key = keyOf(kind, one);
      able.set(key, (able.get(key) ?? new Map<string, string>()).set(person, other.name));
    }
  }
  return items.map((item) => {
    const { kind, at } = item;
    const persons = [...(able.get(keyOf(kind, sections[kind][at] as Members)) ?? [])];
    return {
      kind,
      at,
      persons: persons.map(([person, name]) => ({ person, name })),
      ...(incomplete.has(item) ? { incomplete: true as const } : {}),
    };
  });
}

const keyOf = (section: InboxSection, one: Members): string =>
  JSON.stringify([section, ...keyMembers[section].map((member) => one[member] ?? null)]);
