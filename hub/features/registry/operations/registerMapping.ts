import { compileMapping, compileNewMapping } from '../../../../adapters/mapping/compile.ts';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { openChangeover } from '../../../registry/store/changeovers.ts';
import { datasetById } from '../../../registry/store/datasets.ts';
import { insertMapping, mappingVersion, newestMapping } from '../../../registry/store/mappings.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { registeredSchemas } from '../../../registry/registeredSchemas.ts';
import { checkAhead } from './checkAhead.ts';
import { digestOf, registered } from './registration.ts';
import { versionNotNext } from '../../common/versionNotNext.ts';
import { proposing } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';

/**
 * @throws Problem unknown_reference (dataset), mapping_invalid, format_unknown, adapter_options_invalid, invalid_request, version_exists,
 *   already_registered, version_not_next, code_list_ahead, changeover_under_way
 */
export const registerMapping = proposable('registerMapping', {
  permission: { operator: proposing, 'office steward': proposing, steward: proposing },
  owner: (call) => anyOf(providerOf(datasetId(call.params.dataset))),
  run: async (call, { database, registry }, actingPersons) => {
    const { document } = call.body;
    const dataset = datasetId(call.params.dataset);
    const department = providerOf(dataset);
    const schema = await schemaOf(database.app, dataset);
    await registry.refresh();
    const { codeLists } = registry.current.surroundings;
    const { name, version } = mappingName(compileMapping(document, schema, codeLists).mapping, department);
    const known = await mappingVersion(database.app, dataset, name, version);
    const newest = await newestMapping(database.app, dataset, name);
    if (known === undefined && newest !== undefined && version !== newest.version + 1) {
      throw versionNotNext(`Mapping ${name}`, newest.version + 1, version);
    }
    const changeover = known === undefined ? await openChangeover(database.app, dataset) : undefined;
    if (changeover !== undefined)
      throw new Problem('changeover_under_way', { dataset, schema: changeover.to });
    if (known === undefined) {
      // checked also when a proposal is accepted: an earlier release may have stored words that are refused today
      compileNewMapping(document, schema, codeLists);
      await checkAhead(database, `Mapping ${name}@${version}`, (lists) => {
        compileNewMapping(document, schema, lists);
        return [];
      });
    }
    const digest = digestOf(document);
    return registered({
      kind: 'Mapping',
      id: name,
      version: String(version),
      digest,
      registered: known?.digest,
      versioned: true,
      work: (transaction) =>
        insertMapping(
          transaction,
          { dataset, name, version, document: JSON.stringify(document), digest },
          actingPersons,
          call.exchange,
        ),
      change: { dataset },
    });
  },
});

/** `pub-security/household@1`: a department's mappings are named below its own code, so that no two departments use the same name. */
export function mappingName(
  mapping: string,
  department: string,
): { readonly name: string; readonly version: number } {
  if (!mapping.startsWith(`${department}/`)) {
    throw new Problem('invalid_request', {}, { at: '/body/document/mapping', expected: `${department}/…@…` });
  }
  const at = mapping.lastIndexOf('@');
  return { name: mapping.slice(0, at), version: Number(mapping.slice(at + 1)) };
}

async function schemaOf(reader: Reader, dataset: string): Promise<DatasetSchema> {
  const row = await datasetById(reader, dataset);
  const schema = row === undefined ? undefined : (await registeredSchemas(reader)).get(row.schema);
  if (schema === undefined) throw new Problem('unknown_reference', { kind: 'Dataset', name: dataset });
  return schema;
}
