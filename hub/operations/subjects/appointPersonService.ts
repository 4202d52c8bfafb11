import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import type { AllowedOutcome, Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { personService, setPersonService } from '../../store/subjects/personServices.ts';
import { digestOf, registered } from '../registry/registration.ts';
import type { Hands } from '../registry/registrar.ts';
import type { Services } from '../services.ts';

/** A department whose service vouches for who a person is, or does so no more: two persons of the data office say so. @throws Problem department_unknown */
export async function appointPersonService(
  call: Call<StaffCaller>,
  { database, identity }: Services,
  hands: Hands,
): Promise<AllowedOutcome> {
  const body = call.body as components['schemas']['PersonServiceAppointment'];
  const { department, appointed } = body;
  if (identity.department(department) === undefined) throw new Problem('department_unknown', { department });
  const digest = digestOf(body);
  const stands = (await personService(database.app, department)) ?? false;
  return registered({
    kind: 'PersonService',
    id: department,
    digest,
    registered: stands === appointed ? digest : undefined,
    versioned: false,
    work: (transaction) => setPersonService(transaction, { ...body, ...hands, exchange: call.exchange }),
    change: { appointed },
  });
}
