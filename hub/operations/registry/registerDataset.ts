import type { components } from '../../../api/openapi.ts';
import { datasetId, providerOf } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { datasetById, insertDataset } from '../../store/datasets.ts';
import { schemaByUrn } from '../../store/schemas.ts';
import { mayActFor, staffOf, type ManagedCall, type ManagedOutcome } from '../managed.ts';
import type { Services } from '../services.ts';
import { digestOf, registered } from './registration.ts';

/** @throws Problem not_your_department, department_unknown, unknown_reference (schema), already_registered */
export async function registerDataset(call: ManagedCall, services: Services): Promise<ManagedOutcome> {
  const body = call.body as components['schemas']['Dataset'];
  const id = datasetId(body.id);
  const department = providerOf(id);
  mayActFor(staffOf(call), department);
  if (services.identity.department(department) === undefined) {
    throw new Problem('department_unknown', { department }, { at: '/body/id' });
  }
  const { app } = services.database;
  const schema = await schemaByUrn(app, body.schema);
  if (schema?.state !== 'published') {
    throw new Problem('unknown_reference', { kind: 'Schema', name: body.schema }, { at: '/body/schema' });
  }
  const digest = digestOf(body);
  return registered({
    kind: 'Dataset',
    id,
    digest,
    registered: (await datasetById(app, id))?.digest,
    versioned: false,
    work: (transaction) =>
      insertDataset(
        transaction,
        {
          id,
          department,
          titleZh: body.title.zh,
          titleEn: body.title.en,
          schema: body.schema,
          mode: body.mode,
          sharing: body.sharing.type,
          conditions: body.sharing.conditions ?? '',
          state: 'published',
          digest,
        },
        call.exchange,
      ),
    change: { schema: body.schema, mode: body.mode, sharing: body.sharing.type },
  });
}
