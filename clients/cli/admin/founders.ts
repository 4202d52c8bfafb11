import type { Identity } from '../../../hub/identity/openIdentity.ts';
import type { Founder } from '../../../hub/identity/persons/invitePerson.ts';
import { inviteFounder } from '../../../hub/identity/persons/invitePerson.ts';

/** The two roles through which all other persons are admitted: one invites, the other confirms; neither can do both. */
export const founderRoles = ['operator', 'security'] as const;

export interface FounderInvitation extends Founder {
  readonly name: string;
  readonly role: (typeof founderRoles)[number];
}

/** Invites both, with the keys of the hub. Each invitation has an entry in the log. @param names by role */
export async function inviteFounders(
  identity: Identity,
  names: Readonly<Record<(typeof founderRoles)[number], string>>,
): Promise<FounderInvitation[]> {
  const invited: FounderInvitation[] = [];
  for (const role of founderRoles) {
    const request = { name: names[role], roles: [{ role }] };
    const founder = await identity.perform('bootstrap', { proven: { staff: 'hub' } }, (context) =>
      identity.prepare(inviteFounder, request, context),
    );
    invited.push({ ...founder, name: names[role], role });
  }
  return invited;
}
