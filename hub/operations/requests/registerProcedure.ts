import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import { procedureFault, type Procedure } from '../../domain/requests/procedure.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { insertProcedure, procedureVersions } from '../../store/requests/procedures.ts';
import { digestOf, registered } from '../registry/registration.ts';
import type { Services } from '../services.ts';
import { versionNotNext } from '../versionNotNext.ts';

/** POST /v1/procedures. @throws Problem procedure_unfit, version_exists, version_not_next */
export async function registerProcedure(call: Call<StaffCaller>, { database }: Services): Promise<Outcome> {
  const procedure: Procedure = call.body as components['schemas']['Procedure'];
  const { id, version } = procedure;
  const fault = procedureFault(procedure);
  if (fault !== undefined) throw new Problem('procedure_unfit', { reason: fault });
  const versions = await procedureVersions(database.app, id);
  const known = versions.find((one) => one.version === version);
  const expected = (versions.at(-1)?.version ?? 0) + 1;
  if (known === undefined && version !== expected) throw versionNotNext(`Procedure ${id}`, expected, version);
  return registered({
    kind: 'Procedure',
    id,
    version: String(version),
    digest: digestOf(procedure),
    registered: known === undefined ? undefined : digestOf(known),
    versioned: true,
    work: (transaction) => insertProcedure(transaction, procedure, call.exchange),
  });
}
