import { compileNewMapping } from '../../../../../adapters/mapping/compile.ts';
import type { components } from '../../../../../api/openapi.ts';
import type { DatasetSchema } from '../../../../../schemas/datasetSchema.ts';
import type { Bilingual } from '../../../../../terms/bilingual.ts';
import { dayInChina } from '../../../../../terms/civilDate.ts';
import { Problem } from '../../../../../terms/problem.ts';
import { allowed } from '../../../../pipeline/call.ts';
import { ruleWithoutField } from '../../../../domain/reference.ts';
import { rulesUnfit } from '../../../../domain/rulesUnfit.ts';
import { isDuplicate } from '../../../../platform/database/failure.ts';
import {
  insertChangeover,
  openChangeover,
  type ChangeoverRow,
} from '../../../../registry/store/changeovers.ts';
import { datasetById, isBoundTo, type DatasetRow } from '../../../../registry/store/datasets.ts';
import { newestMapping, type MappingRow } from '../../../../registry/store/mappings.ts';
import { schemaByUrn } from '../../../../registry/store/schemas.ts';
import type { Services } from '../../../common/services.ts';
import { refuseDerived } from './refuseDerived.ts';
import { checkAhead } from '../checkAhead.ts';
import { readRegistered } from '../checkVersion.ts';
import { entriesFoundBy } from '../entriesFoundBy.ts';
import { mappingName } from '../registerMapping.ts';
import { digestOf } from '../registration.ts';
import { changeoverView } from './changeoverView.ts';
import { unavailable } from '../../../../registry/unavailable.ts';
import { versionNotNext } from '../../../common/versionNotNext.ts';
import { everywhere, own } from '../../../../domain/cells.ts';
import { ofDataset } from '../../../../pipeline/ownership.ts';
import { operation } from '../../../common/operation.ts';
import { defined } from '../../../../../terms/defined.ts';

type Begin = components['schemas']['ChangeoverBegin'];

/**
 * POST /v1/datasets/{dataset}/changeover: starts converting the rows to the new version, in addition to the rows that readers see. Nothing
 * changes for readers before the switch. The answer lists what the switch would stop.
 * @throws Problem dataset_unknown, dataset_unavailable, unknown_reference (schema), changeover_unfit, changeover_under_way,
 *   mapping_invalid, invalid_request, version_not_next, sunset_too_soon, code_list_ahead, element_source, policy_does_not_compile (a
 *   restriction could not go on), schema_overtaken
 */
export const beginChangeover = operation('beginChangeover', {
  kind: 'management',
  permission: { operator: everywhere, 'office steward': own, steward: own },
  owner: ofDataset,
  run: async (call, services) => {
    const { app } = services.database;
    const id = call.params.dataset;
    const { schema: urn, mappings: documents, rowsBy, reason, sunset } = call.body;
    const row = await datasetById(app, id);
    if (row === undefined) throw new Problem('dataset_unknown', { dataset: id });
    if (row.state === 'retired') throw unavailable(row);
    const { schema: from } = await readRegistered(
      services,
      (await schemaByUrn(app, row.schema))?.document ?? '{}',
    );
    const target = await schemaByUrn(app, urn);
    if (target?.state !== 'published' || target.name !== from.name)
      throw new Problem('unknown_reference', { kind: 'Schema', name: urn }, { at: '/body/schema' });
    const { schema: to } = await readRegistered(services, target.document);
    refuseUnfit(row, from, to, rowsBy);
    await refuseDerived(services, row, to);
    if ((await openChangeover(app, id)) !== undefined) throw underWay(id, urn);
    refuseOver(sunset, call.now);
    const mappings = await mappingsFor(services, row, to, documents);
    refuseUnread(row, to, mappings, rowsBy);
    const requested: ChangeoverRow = {
      id: call.exchange,
      dataset: id,
      from: row.schema,
      to: urn,
      reason,
      state: 'open',
      sunset: sunset ?? null,
      mappings,
      rowsBy: rowsBy ?? null,
      batch: null,
      over: null,
      source: null,
      lists: '',
      trouble: null,
      needsOfficer: false,
      author: call.caller.person,
      approver: null,
      officer: null,
      agreed: null,
    };
    // the dataset's entries must allow the new version: checked before rows are converted
    await entriesFoundBy(services, row, to);
    const view = await changeoverView(services, requested, row);
    const changeover = view.standing;
    return allowed<'beginChangeover'>(202, view.body, {
      facts: {
        dataset: id,
        provider: row.department,
        change: {
          kind: 'Dataset',
          id,
          act: 'changeover',
          schema: urn,
          from: row.schema,
          reason,
          stops: view.stops.length,
          officer: changeover.needsOfficer,
          ...defined({ sunset }),
          mappings: changeover.mappings
            .map(({ name, version, digest }) => `${name}@${version} ${digest}`)
            .join('; '),
        },
      },
      bumpsEpoch: true,
      work: async (transaction) => {
        if (!(await isBoundTo(transaction, id, row.schema)))
          throw new Problem('schema_overtaken', { what: `Dataset ${id}` });
        try {
          await insertChangeover(transaction, changeover);
        } catch (error) {
          throw isDuplicate(error) ? underWay(id, urn) : error;
        }
      },
    });
  },
});

const underWay = (dataset: string, schema: string): Problem =>
  new Problem('changeover_under_way', { dataset, schema });

/** The last day of the current version must be in the future. @throws Problem sunset_too_soon */
function refuseOver(sunset: string | undefined, now: number): void {
  const least = dayInChina(now + 86_400_000);
  if (sunset !== undefined && sunset < least)
    throw new Problem('sunset_too_soon', { days: 1, least }, { at: '/body/sunset' });
}

/** @throws Problem changeover_unfit */
function refuseUnfit(
  { id, mode, intake }: DatasetRow,
  from: DatasetSchema,
  to: DatasetSchema,
  rowsBy: string | undefined,
): void {
  const unfit = (reason: Bilingual): Problem =>
    new Problem('changeover_unfit', { dataset: id, schema: to.urn, reason });
  if (from.major === to.major)
    throw unfit({
      zh: '它与现在的版本属同一主版本',
      en: 'it is of the major version that the dataset is bound to',
    });
  // such rows result from many batches, whose bytes may be deleted, and from deletions: they are converted from the stored rows
  if (mode === 'upsert' && rowsBy === undefined)
    throw unfit({
      zh: '按主键合并的行按现状接过，须用 rowsBy 指明读取它们的映射（格式 json）',
      en: 'rows that are merged by key are carried over unchanged: name in rowsBy the mapping that reads them (format json)',
    });
  if (mode === 'snapshot' && rowsBy !== undefined)
    throw unfit({
      zh: '全量快照由已存字节重新生成，不写 rowsBy',
      en: 'a snapshot is made of its stored bytes: rowsBy is for rows that are merged by key',
    });
  const without = ruleWithoutField(intake, to);
  if (without !== undefined)
    throw unfit({
      zh: `新版本没有报送规则 ${without.rule} 所用的数据项 ${without.field}`,
      en: `the new version has no field ${without.field}, which the intake rule ${without.rule} names`,
    });
  const [first] = rulesUnfit(intake, to);
  if (first !== undefined) throw unfit(first.reason);
  if (intake.cases !== undefined)
    throw unfit({
      zh: '办件的历史属于其主版本：新主版本另登记一个数据资源',
      en: 'the history of cases belongs to their major version: register another dataset',
    });
  if (intake.rollup !== undefined)
    throw unfit({
      zh: '汇总的数据由读数计算：新主版本另登记一个数据资源',
      en: 'the rows are computed from readings: register another dataset for the new major version',
    });
  if (mode === 'events')
    throw unfit({
      zh: '事件按登记时的主版本校验；新主版本另登记一个事件类型，加入主题',
      en: 'events keep the major version that they were published under: register another type of event and add it to the topic',
    });
  if (mode === 'live')
    throw unfit({ zh: '实时数据资源的行不在枢纽中', en: 'rows of a live dataset are not stored in the hub' });
}

/** @throws Problem unknown_reference, changeover_unfit: the mapping that reads stored rows does not exist or does not read JSON */
function refuseUnread(
  { id }: DatasetRow,
  to: DatasetSchema,
  mappings: readonly MappingRow[],
  rowsBy: string | undefined,
): void {
  if (rowsBy === undefined) return;
  const read = mappings.find(({ name }) => name === rowsBy);
  if (read === undefined)
    throw new Problem('unknown_reference', { kind: 'Mapping', name: rowsBy }, { at: '/body/rowsBy' });
  const { source } = JSON.parse(read.document) as { readonly source: { readonly format: string } };
  if (source.format === 'json') return;
  const reason = {
    zh: `映射 ${rowsBy} 的格式须为 json：每行一个对象，以原版本的数据项为名`,
    en: `the mapping ${rowsBy} has to read json: an object a row, by the fields of the version before`,
  };
  throw new Problem('changeover_unfit', { dataset: id, schema: to.urn, reason }, { at: '/body/rowsBy' });
}

/** The next version of each mapping. */
async function mappingsFor(
  { database, registry }: Services,
  { id: dataset, department }: DatasetRow,
  to: DatasetSchema,
  documents: Begin['mappings'],
): Promise<readonly MappingRow[]> {
  const { codeLists } = registry.current.surroundings;
  const rows: MappingRow[] = [];
  for (const [i, document] of documents.entries()) {
    const { mapping } = compileNewMapping(document, to, codeLists);
    const { name, version } = mappingName(mapping, department);
    const expected = ((await newestMapping(database.app, dataset, name))?.version ?? 0) + 1;
    if (version !== expected) throw versionNotNext(`Mapping ${name}`, expected, version);
    if (rows.some((row) => row.name === name))
      throw new Problem('invalid_request', {}, { at: `/body/mappings/${i}/mapping`, received: mapping });
    await checkAhead(database, `Mapping ${name}@${version}`, (lists) => {
      compileNewMapping(document, to, lists);
      return [];
    });
    rows.push({ dataset, name, version, document: JSON.stringify(document), digest: digestOf(document) });
  }
  return rows;
}
