import { Problem } from '../../../terms/problem.ts';
import type { Act, ActContext } from '../act.ts';
import type { KnownPerson } from '../persons/knownPersons.ts';
import { newSession, type SignedIn } from './newSession.ts';

/**
 * Whoever may be picked without proof: everybody of a demo, nobody elsewhere. No configuration turns it on, only the demo itself.
 * @throws Problem demo_only, person_unknown
 */
export function signInAsDemo(
  person: string,
  context: ActContext,
  { demo, persons }: { readonly demo: boolean; readonly persons: ReadonlyMap<string, KnownPerson> },
): Act<SignedIn> {
  if (!demo) throw new Problem('demo_only');
  if (persons.get(person)?.state !== 'active') throw new Problem('person_unknown', { person });
  return newSession({ person, way: 'demo', credential: null }, context);
}
