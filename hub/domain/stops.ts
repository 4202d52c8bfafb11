/** Who stopped an agreement, and who may lift that: the sides are apart. */
import type { Owner } from './permissions.ts';
import { decides, type RoleGrant } from './roles.ts';

export const stopSides = ['consumer', 'provider', 'security', 'office'] as const;
/** a party's, the data office's security officer's, or the data office's own */
export type StopSide = (typeof stopSides)[number];

interface Parties {
  readonly consumer: Owner;
  readonly provider: Owner;
}

/** The sides a person may stop for. @param parties as owners: undefined where the party is the data office itself */
export function sidesOf(grants: readonly RoleGrant[], { consumer, provider }: Parties): readonly StopSide[] {
  const sides = new Set<StopSide>();
  for (const { role, department } of grants) {
    if (!decides(role)) continue;
    if (department === undefined) sides.add(role === 'security' ? 'security' : 'office');
    else {
      if (department === consumer) sides.add('consumer');
      if (department === provider) sides.add('provider');
    }
  }
  return stopSides.filter((side) => sides.has(side));
}

/** The sides whose stop a person may lift: her own, and every one for a steward of the data office. An operator only stops. */
export function liftableBy(grants: readonly RoleGrant[], parties: Parties): readonly StopSide[] {
  const lifting = grants.filter(({ role }) => role !== 'operator');
  const sides = sidesOf(lifting, parties);
  return sides.includes('office') ? stopSides : sides;
}
