import { templateOf } from '../../../../adapters/mapping/templateOf.ts';
import { writeTemplate } from '../../../../adapters/xlsx/writeTemplate.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { liveMapping, orWaiting } from '../../../flows/intake/translationTarget.ts';
import { liveDataset } from '../../../flows/hostedDataset.ts';
import { sent } from '../../../domain/cells.ts';
import { ofDataset } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

const workbook = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/**
 * GET /v1/datasets/{dataset}/template: returns an empty workbook with a mapping's columns.
 * @throws Problem dataset_unknown, mapping_unknown, mapping_waits, mapping_unreadable, template_not_possible
 */
export const getTemplate = operation('getTemplate', {
  kind: 'inspect',
  permission: sent,
  owner: ofDataset,
  run: async (call, { database, registry }) => {
    const id = datasetId(call.params.dataset);
    const dataset = liveDataset(registry, id);
    const { mapping } = call.query;
    const { compiled, label } = await orWaiting(database.app, dataset, mapping, () =>
      liveMapping(dataset, mapping),
    );
    const template = templateOf(compiled, dataset.schema, registry.current.surroundings.codeLists);
    if (template === undefined)
      throw new Problem('template_not_possible', { mapping: label, format: compiled.format });
    const bytes = await writeTemplate({
      ...template,
      columns: template.columns.map(({ header, title, required, choices }) => ({
        header,
        hint: `${title.zh} ${title.en}${required ? '（必填 required）' : ''}`,
        choices,
      })),
    });
    return {
      entry: 'allow',
      status: 200,
      contentType: workbook,
      body: bytes,
      facts: { dataset: id, provider: providerOf(id) },
    };
  },
});
