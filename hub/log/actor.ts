/** Who acted, as data: the log knows of no callers, tokens or sockets, only of what was proven of somebody and what was merely said. */
import type { Leaf, LeafActor } from '../../log/leaf.ts';

/** What an unproven caller said of itself; an entry names it `claimed…`. */
export interface Claimed {
  readonly department?: string | undefined;
  readonly keyid?: string | undefined;
  /** id of a staff token */
  readonly token?: string | undefined;
}

export interface Actor {
  readonly proven: LeafActor;
  readonly claimed?: Claimed | undefined;
}

/** The hub itself: its start, its jobs, what it finishes when nobody waits any more. */
export const theHub: Actor = { proven: { staff: 'hub' } };

/** What the leaf says of an actor. */
export function actorFacts({
  proven,
  claimed,
}: Actor): Pick<Leaf, 'actor' | 'claimedDepartment' | 'claimedKeyid' | 'change'> {
  if (claimed === undefined) return { actor: proven };
  const { department, keyid, token } = claimed;
  return {
    actor: proven,
    ...(department === undefined ? {} : { claimedDepartment: department }),
    ...(keyid === undefined ? {} : { claimedKeyid: keyid }),
    ...(token === undefined ? {} : { change: { claimedToken: token } }),
  };
}
