import type { components } from '../../../api/openapi.ts';
import type { RoleGrant } from '../../domain/roles.ts';
import type { Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { sectionOf, type InboxSection } from './inboxOf.ts';
import { callOf, personOf } from './lookedAt.ts';
import { placeOf } from './places.ts';

type Others = NonNullable<components['schemas']['Waiting']['others']>;
type Members = Readonly<Record<string, unknown>>;

/** How many persons are looked at for one answer. */
const most = 20;

/** By what a thing is the same for whoever looks at it; none: it is told, and nobody acts on it from the inbox. */
const thingBy: Readonly<Record<InboxSection, readonly string[]>> = {
  requests: ['id'],
  documents: ['id', 'version'],
  proposals: ['proposal'],
  schemas: ['urn'],
  changeovers: ['dataset', 'to'],
  retirements: ['dataset'],
  persons: ['person'],
  batches: ['batch'],
  silent: ['dataset', 'due'],
  pulls: ['dataset'],
  tickets: ['id'],
  disputes: ['id'],
  demands: ['id'],
  duties: ['id'],
  keys: ['keyid'],
  risks: ['id'],
  evidence: ['id'],
  catalogue: ['clock', 'name', 'dataset', 'proposal'],
  codes: [],
  expiring: [],
  stops: [],
  seconds: [],
};

/** Whether it waits for a word of hers, or she is only told. */
const mayAct: Partial<Record<InboxSection, (one: Members, grants: readonly RoleGrant[]) => boolean>> = {
  requests: ({ informed }) => informed !== true,
  changeovers: ({ as }) => as !== 'consumer',
  retirements: ({ as }) => as !== 'consumer',
  keys: ({ confirmable }) => confirmable === true,
  tickets: ({ state, as }) => state === 'open' && as === 'provider',
  duties: ({ consumer }, grants) => grants.some(({ department }) => department === consumer),
  demands: ({ state, provider }, grants) =>
    grants.some(({ department }) => (state === 'office' ? undefined : provider) === department),
};

/**
 * Who else can act on what lies on a page of the inbox: their own inboxes are looked at, so nobody is named who could not. Looked at are
 * persons of the caller's places and of the data office, the caller's own places first, twenty at most.
 * @param sections the page
 */
export async function othersOf(
  { caller, now }: Call<StaffCaller>,
  services: Services,
  sections: Readonly<Record<InboxSection, readonly object[]>>,
): Promise<Others> {
  const wanted = (Object.keys(thingBy) as InboxSection[]).filter(
    (name) => thingBy[name].length > 0 && sections[name].length > 0,
  );
  if (wanted.length === 0) return [];
  const persons = beside(caller, services, now).slice(0, most);
  const able = new Map<string, string[]>();
  for (const person of persons) {
    for (const name of wanted) {
      const hers = await sectionOf(name, callOf(person, now), services);
      for (const one of hers as readonly Members[]) {
        if (mayAct[name]?.(one, person.grants) === false) continue;
        const key = keyOf(name, one);
        able.set(key, [...(able.get(key) ?? []), person.person]);
      }
    }
  }
  const nameOf = new Map(persons.map(({ person, name }) => [person, name]));
  return wanted.flatMap((kind) =>
    sections[kind].map((one, at) => ({
      ...{ kind, at },
      persons: [...new Set(able.get(keyOf(kind, one as Members)))].map((person) => ({
        person,
        name: nameOf.get(person) ?? person,
      })),
    })),
  );
}

const keyOf = (section: InboxSection, one: Members): string =>
  JSON.stringify([section, ...thingBy[section].map((member) => one[member] ?? null)]);

/** Other active persons with a role in one of the caller's places or in the data office, her own places first. */
function beside(caller: StaffCaller, services: Services, now: number): readonly StaffCaller[] {
  const { identity } = services;
  const own = new Set(caller.grants.map(({ department }) => placeOf(identity, department)));
  const places = ({ grants }: StaffCaller): readonly (string | undefined)[] =>
    grants.map(({ department }) => placeOf(identity, department));
  const found = identity
    .persons()
    .filter(({ id, state }) => state === 'active' && id !== caller.person)
    .flatMap(({ id }) => personOf(id, services, now) ?? [])
    .filter((person) => places(person).some((place) => place === undefined || own.has(place)));
  const nearness = (person: StaffCaller): number => (places(person).some((place) => own.has(place)) ? 0 : 1);
  return found.sort((one, other) => nearness(one) - nearness(other) || (one.person < other.person ? -1 : 1));
}
