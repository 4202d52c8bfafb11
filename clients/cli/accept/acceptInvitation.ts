import { demandListener } from '../profiles/profiles.ts';
import { OpenListener } from '../enrol/openListener.ts';
import { pinnedRoot } from '../enrol/pinnedRoot.ts';
import { namedVerb } from '../namedVerb.ts';

export interface AcceptedInvitation {
  readonly person: string;
  readonly id: string;
  readonly token: string;
  /** RFC 3339 */
  readonly expires: string;
  /** origin of the staff listener */
  readonly staff: string;
}

/** @throws VerbFailure: exit 5 for another hub than the pinned one, 2 at another of its listeners, 1 for a refusal of the hub */
export async function acceptInvitation(invitation: {
  readonly first: string;
  readonly second: string;
  /** open listener */
  readonly hub: string;
  readonly pin: string;
  /** of the token */
  readonly days: number;
}): Promise<AcceptedInvitation> {
  const { first, second, hub, pin, days } = invitation;
  const { origin } = new URL(hub);
  const root = await pinnedRoot(origin, pin);
  await demandListener(origin, root, 'open');
  const listener = new OpenListener(origin, root);
  try {
    const body = { first, second, days };
    const accepted = await namedVerb(() => listener.post('/v1/invitations/acceptances', body));
    return accepted as unknown as AcceptedInvitation;
  } finally {
    listener.close();
  }
}
