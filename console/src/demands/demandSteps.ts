import type { Schemas } from '../api/call.ts';
import { hasRoleAt } from '../session.ts';

export type DemandStep = Schemas['DemandActed']['act'];

/** The steps that a steward finds on the page of a demand. The hub decides by its own rules. */
export function stepsOf(
  { state, consumer, provider, events }: Schemas['DemandView'],
  { person, ...held }: Pick<Schemas['Session'], 'person' | 'roles'>,
): readonly DemandStep[] {
  const holds = (department: string | undefined): boolean => hasRoleAt(held, ['steward'], department);
  const running = state === 'office' || state === 'assigned';
  // a person may not answer their own demand
  const isRequester = events[0]?.person === person;
  const back: readonly DemandStep[] = running && holds(consumer) ? ['withdraw'] : [];
  if (isRequester) return back;
  if (state === 'office' && holds(undefined)) return ['assign', 'refuse', ...back];
  if (state === 'assigned' && provider !== undefined && holds(provider)) return ['meet', 'decline', ...back];
  return back;
}
