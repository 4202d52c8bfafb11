import { unlogged, type Call, type Outcome } from '../../gate/call.ts';
import type { Stranger } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';

/** How one may sign in here; in a demo also as whom. */
export function showSignIn(_call: Call<Stranger>, { hub, identity }: Services): Outcome {
  const demo = identity.sessions.demoPersons().map(({ id, name, department, grants }) => ({
    person: id,
    name,
    ...(department === null ? {} : { department }),
    roles: grants.map(({ role, department: place }) => ({
      role,
      ...(place === undefined ? {} : { department: place }),
    })),
  }));
  const { provider } = identity.sessions;
  return unlogged(200, { hub: hub.name, demo, ...(provider === undefined ? {} : { provider }) });
}
