import type { Schemas } from '../api/call.ts';
import { hasRoleAt } from '../session.ts';

type View = Schemas['DisputeView'];
export type Step = Schemas['DisputeActed']['act'];

/** The steps that a steward finds on the page of a dispute. The hub decides by its own rules. */
export function stepsOf(
  { state, raised, other, events }: View,
  { person, ...held }: Pick<Schemas['Session'], 'person' | 'roles'>,
): readonly Step[] {
  const holds = (department: string | undefined): boolean => hasRoleAt(held, ['steward'], department);
  const party = holds(raised) || holds(other);
  const office = holds(undefined);
  // a person may not settle a dispute that they raised, took further or decided
  const bound = events.some(
    ({ person: who, act }) => who === person && ['raise', 'escalate', 'appeal', 'decide'].includes(act),
  );
  if (state === 'between')
    return [
      ...(holds(other) && !bound ? (['agree'] as const) : []),
      ...(party ? (['escalate'] as const) : []),
    ];
  if (state === 'office') return office && !bound ? ['decide'] : [];
  if (state === 'decided') return party ? ['accept', 'appeal'] : [];
  return state === 'government' && office && !bound ? ['record'] : [];
}
