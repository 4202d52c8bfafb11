import { compileSchema } from '../../../../schemas/compile.ts';
import { Problem } from '../../../../terms/problem.ts';
import { publishedStates } from '../../../domain/schemaVersion.ts';
import { examineStored } from '../../../flows/intake/inspect/examineStored.ts';
import { allowed } from '../../../pipeline/call.ts';
import { datasetById } from '../../../registry/store/datasets.ts';
import { schemaByUrn } from '../../../registry/store/schemas.ts';
import { readRegistered } from './checkVersion.ts';
import { unavailable } from '../../../registry/unavailable.ts';
import { seen } from '../../../domain/cells.ts';
import { ofDataset } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** rows that are looked at where no number is named */
const usual = 100_000;

/**
 * GET /v1/datasets/{dataset}/examination: what a schema version says of the stored rows as things are now, with today's code lists: the one
 * they lie under, or another one of its name.
 * @throws Problem dataset_unknown, dataset_unavailable, unknown_reference (schema), dataset_live
 */
export const examineRows = operation('examineRows', {
  kind: 'inspect',
  permission: seen,
  owner: ofDataset,
  run: async (call, services) => {
    const { app } = services.database;
    const id = call.params.dataset;
    const row = await datasetById(app, id);
    if (row === undefined) throw new Problem('dataset_unknown', { dataset: id });
    if (row.state === 'retired') throw unavailable(row);
    const asked = call.query.schema ?? row.schema;
    const bound = await schemaByUrn(app, row.schema);
    const version = await schemaByUrn(app, asked);
    if (bound === undefined || version?.name !== bound.name || !publishedStates.includes(version.state))
      throw new Problem('unknown_reference', { kind: 'Schema', name: asked }, { at: '/query/schema' });
    const from = await readRegistered(services, bound.document);
    const to = await readRegistered(services, version.document);
    const { surroundings } = services.registry.current;
    const under = compileSchema(to.schema, { ...surroundings, resolve: to.surroundings.resolve });
    const most = Number(call.query.limit ?? usual);
    const { batch, ...examined } = await examineStored(app, row, from.schema, under, most);
    const body = { ...examined, schema: asked, ...(batch === null ? {} : { batch }) };
    const { rows, failing } = examined;
    return allowed<'examineRows'>(200, body, {
      facts: { dataset: id, change: { schema: asked, rows, failing } },
    });
  },
});
