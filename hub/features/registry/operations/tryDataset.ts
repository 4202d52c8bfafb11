import type { components } from '../../../../api/openapi.ts';
import { everywhere } from '../../../domain/cells.ts';
import { allowed } from '../../../pipeline/call.ts';
import { self } from '../../../pipeline/ownership.ts';
import { datasetById } from '../../../registry/store/datasets.ts';
import { schemaByUrn } from '../../../registry/store/schemas.ts';
import { operation } from '../../common/operation.ts';
import type { Services } from '../../common/services.ts';
import { draftInThread } from './drafting/draftThread.ts';

type Tried = components['schemas']['DatasetTried'];

/**
 * POST /v1/datasets/trials: drafts schema, dataset and mapping from a file, as `datong dataset create` does. The file is not stored, and
 * neither its values nor its name are logged.
 * @throws Problem sample_unfit, checks_busy; for a workbook also file_empty, file_limit_exceeded, file_protected, format_refused,
 *   xlsx_damaged; mapping_invalid
 */
export const tryDataset = operation('tryDataset', {
  kind: 'inspect',
  permission: { operator: everywhere, 'office steward': everywhere, steward: everywhere },
  owner: self,
  run: async (call, services) => {
    const { body, now, caller } = call;
    const turn = services.checks.of(caller.person);
    const drafted = await turn(() => draftInThread({ body, now }));
    const tried = await withTaken(drafted, body.answers, services);
    return allowed<'tryDataset'>(200, tried, {
      facts: {
        change: { fields: tried.draft?.fields.length ?? 0, documents: tried.documents !== undefined },
      },
    });
  },
});

/** Adds what only the hub knows about the answers: departments, and names that are in use. */
async function withTaken(
  tried: Tried,
  answers: components['schemas']['DatasetAnswers'] | undefined,
  { database, identity }: Services,
): Promise<Tried> {
  if (answers === undefined || tried.documents === undefined) return tried;
  const { department, name } = answers;
  const dataset = `${department}.${name}`;
  const urn = `urn:datong:${name}:1.0`;
  const objections: Tried['objections'] = [];
  if (identity.department(department) === undefined)
    objections.push({
      question: 'department',
      message: { zh: `没有部门 ${department}`, en: `there is no department ${department}` },
    });
  if ((await schemaByUrn(database.app, urn)) !== undefined)
    objections.push({
      question: 'name',
      message: { zh: `已有标准 ${urn}`, en: `the schema ${urn} exists already` },
    });
  else if ((await datasetById(database.app, dataset)) !== undefined)
    objections.push({
      question: 'name',
      message: { zh: `已有数据资源 ${dataset}`, en: `the dataset ${dataset} exists already` },
    });
  return objections.length === 0 ? tried : { ...tried, objections };
}
