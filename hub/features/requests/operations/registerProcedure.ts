import { Problem } from '../../../../terms/problem.ts';
import { procedureFault, type Procedure } from '../../../domain/requests/procedure.ts';
import { insertProcedure, procedureVersions } from '../store/procedures.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import { versionNotNext } from '../../common/versionNotNext.ts';
import { own } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** POST /v1/procedures. @throws Problem procedure_unfit, version_exists, version_not_next */
export const registerProcedure = operation('registerProcedure', {
  kind: 'management',
  permission: { operator: own, 'office steward': own },
  owner: ofOffice,
  run: async (call, { database }) => {
    const procedure: Procedure = call.body;
    const { id, version } = procedure;
    const fault = procedureFault(procedure);
    if (fault !== undefined) throw new Problem('procedure_unfit', { reason: fault });
    const versions = await procedureVersions(database.app, id);
    const known = versions.find((one) => one.version === version);
    const expected = (versions.at(-1)?.version ?? 0) + 1;
    if (known === undefined && version !== expected)
      throw versionNotNext(`Procedure ${id}`, expected, version);
    return registered({
      kind: 'Procedure',
      id,
      version: String(version),
      digest: digestOf(procedure),
      registered: known === undefined ? undefined : digestOf(known),
      versioned: true,
      work: (transaction) => insertProcedure(transaction, procedure, call.exchange),
    });
  },
});
