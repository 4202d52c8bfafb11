import { signedIn } from './signedIn.ts';
import { operation } from '../../common/operation.ts';

/** @throws Problem demo_only, person_unknown */
export const signInAsDemo = operation('signInAsDemo', {
  kind: 'management',
  run: (call, { identity, hub }) => {
    const { person } = call.body;
    return signedIn(identity.sessions.signInAsDemo(person, call), hub.staff);
  },
});
