import { Problem } from '../../../../terms/problem.ts';
import { personService, setPersonService } from '../store/personServices.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';

/**
 * Appoints a department whose service vouches for the identity of persons, or ends the appointment. Two persons of the data office decide.
 * @throws Problem department_unknown
 */
export const appointPersonService = proposable('appointPersonService', {
  permission: { operator: everywhere, 'office steward': own },
  owner: ofOffice,
  secondPerson: true,
  run: async (call, { database, identity }, actingPersons) => {
    const body = call.body;
    const { department, appointed } = body;
    if (identity.department(department) === undefined)
      throw new Problem('department_unknown', { department });
    const digest = digestOf(body);
    const isAppointed = (await personService(database.app, department)) ?? false;
    return registered({
      kind: 'PersonService',
      id: department,
      digest,
      registered: isAppointed === appointed ? digest : undefined,
      versioned: false,
      work: (transaction) =>
        setPersonService(transaction, { ...body, ...actingPersons, exchange: call.exchange }),
      change: { appointed },
    });
  },
});
