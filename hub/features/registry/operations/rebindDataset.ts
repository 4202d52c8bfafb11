import type { components } from '../../../../api/openapi.ts';
import { compileMapping } from '../../../../adapters/mapping/compile.ts';
import { canonicalText } from '../../../../schemas/readJson.ts';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import { Problem } from '../../../../terms/problem.ts';
import { casesUnfit } from '../../../domain/casesUnfit.ts';
import { ruleWithoutField } from '../../../domain/reference.ts';
import { rulesUnfit } from '../../../domain/rulesUnfit.ts';
import { widenRows } from '../../../flows/intake/rebind/changeoverRows.ts';
import { allowed, type LoggedEffects } from '../../../pipeline/call.ts';
import { compileTogether } from '../../../registry/compileTogether.ts';
import { deriveEntry } from '../../../registry/store/catalogue.ts';
import { openChangeover } from '../../../registry/store/changeovers.ts';
import {
  bindDataset,
  datasetById,
  intakeRulesOf,
  standsAt,
  type DatasetRow,
} from '../../../registry/store/datasets.ts';
import { listMappings } from '../../../registry/store/mappings.ts';
import { schemaByUrn } from '../../../registry/store/schemas.ts';
import { eventRuleFault } from '../../../registry/eventRuleFault.ts';
import { referenceFault } from '../../../registry/referenceFault.ts';
import type { Services } from '../../common/services.ts';
import { loosenedBy, type Loosened } from './loosenedBy.ts';
import { rollupFault } from './checkRollup.ts';
import { datasetDigest } from './showDataset.ts';
import { entriesFoundBy } from './entriesFoundBy.ts';
import { readRegistered } from './checkVersion.ts';
import { rowsFit } from './trySchema.ts';
import { unavailable } from '../../../registry/unavailable.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { ofDataset } from '../../../pipeline/ownership.ts';
import { versionUnfit } from '../../events/versionUnfit.ts';
import { proposable } from '../../proposals/operations/proposable.ts';

type Move = components['schemas']['DatasetMove'];

/** What the security officer is shown and agrees to. */
interface Agreed extends Move {
  readonly from: string;
  readonly loosens: readonly Loosened[];
}

/**
 * POST /v1/datasets/{dataset}/schema: moves a dataset to another version of its schema. Stored rows do not move, and readers are not
 * interrupted. Agreements, mappings and rows that could not go on under it are reported before anything changes. A type of event moves only to
 * a version under which every event of the bound version is valid. The security officer must approve if it protects less than the bound
 * version, or if a field changes its meaning. Their approval covers what they are shown.
 * @throws Problem dataset_unknown, unknown_reference (schema), dataset_unavailable, rebind_unfit, schema_incompatible,
 *   policy_does_not_compile, element_source, changeover_under_way, schema_overtaken (the officer was shown something else)
 */
export const rebindDataset = proposable('rebindDataset', {
  permission: { operator: everywhere, 'office steward': own, steward: own },
  owner: ofDataset,
  run: async (call, services, { approver }) => {
    const { database } = services;
    const id = call.params.dataset;
    const urn = call.body.schema;
    const row = await datasetById(database.app, id);
    if (row === undefined) throw new Problem('dataset_unknown', { dataset: id });
    if (row.state === 'retired') throw unavailable(row);
    const from = await boundVersion(row, services);
    const to = await versionToBind(urn, from.schema, services);
    const { added, examined } = isRead(row)
      ? await rowsFit(services.checks.of(call.caller.person), services, row, from, to)
      : { added: [], examined: undefined };
    await mappingsFit(services, row, to);
    await services.registry.refresh();
    await rulesFit(row, to, services);
    await compileTogether(services.registry.current, { bind: { dataset: id, schema: urn } });
    const changed = row.schema !== urn;
    const loosens = await loosenedBy(services, row, urn);
    const agreed: Agreed = { schema: urn, from: row.schema, loosens };
    if (approver !== null && canonicalText(call.body) !== canonicalText(agreed))
      throw new Problem('schema_overtaken', { what: `Dataset ${id}` });
    const entries = await entriesFoundBy(services, row, to);
    const digest = datasetDigest({ ...row, schema: urn });
    const reported = { kind: 'Dataset', id, changed, digest } as const;
    if (loosens.length > 0 && approver === null)
      return {
        ...allowed<'rebindDataset'>(202, reported, { facts: {} }),
        asks: { registered: reported, needsOfficer: true, body: agreed },
      };
    if (changed && row.currentBatch !== null) await widenRows(database, row, to, added);
    const body = {
      dataset: id,
      schema: urn,
      from: row.schema,
      changed,
      added: added.map(({ field }) => field),
    };
    const outcome: LoggedEffects = {
      facts: {
        dataset: id,
        provider: row.department,
        change: {
          kind: 'Dataset',
          id,
          schema: urn,
          from: row.schema,
          changed,
          ...(loosens.length === 0 ? {} : { loosens: loosens.length }),
        },
      },
      bumpsEpoch: changed,
      work: async (transaction) => {
        if (!changed) return;
        // the rows that were examined must be those that readers see
        const same = examined === undefined || (await standsAt(transaction, id, examined));
        if (!same || !(await bindDataset(transaction, { ...row, to: urn, next: digest }, call.exchange)))
          throw new Problem('schema_overtaken', { what: `Dataset ${id}` });
        // under the lock of the dataset's row, which beginning a changeover takes too
        const changeover = await openChangeover(transaction, id);
        if (changeover !== undefined)
          throw new Problem('changeover_under_way', { dataset: id, schema: changeover.to });
        for (const entry of entries) await deriveEntry(transaction, entry, entry.search);
      },
    };
    return approver === null
      ? allowed<'rebindDataset'>(200, body, outcome)
      : allowed<'acceptProposal'>(201, reported, outcome);
  },
});

type RegisteredVersion = Awaited<ReturnType<typeof readRegistered>>;

async function boundVersion({ schema }: DatasetRow, services: Services): Promise<RegisteredVersion> {
  const bound = await schemaByUrn(services.database.app, schema);
  return readRegistered(services, bound?.document ?? '{}');
}

/** @throws Problem unknown_reference unless it is a published version of the same name */
async function versionToBind(
  urn: string,
  { name }: DatasetSchema,
  services: Services,
): Promise<DatasetSchema> {
  const target = await schemaByUrn(services.database.app, urn);
  if (target?.state !== 'published' || target.name !== name)
    throw new Problem('unknown_reference', { kind: 'Schema', name: urn }, { at: '/body/schema' });
  return (await readRegistered(services, target.document)).schema;
}

/** Whether rows of it may be read: events have no batch, and may be stored at any time. */
const isRead = ({ currentBatch, mode }: DatasetRow): boolean => currentBatch !== null || mode === 'events';

/** The intake rules, and the topic and plans of an event type, must still be valid under the new version. @throws Problem rebind_unfit */
async function rulesFit(
  row: DatasetRow,
  to: DatasetSchema,
  { database, registry }: Pick<Services, 'database' | 'registry'>,
): Promise<void> {
  const rules = intakeRulesOf(row);
  const without = ruleWithoutField(rules, to);
  const worked =
    rules.cases === undefined ? undefined : casesUnfit(rules.cases, to, row.department, () => true);
  const computed = rollupFault(registry.current, row.id, { schema: to, intake: rules });
  const raised = eventRuleFault(registry.current, row.id, to, rules);
  const referring = referenceFault(registry.current, row.id, to, rules);
  const findings = [
    ...rulesUnfit(rules, to).map(({ at, code, reason }) => ({
      pointer: `/intake/${at}`,
      code,
      message: reason,
    })),
    ...(worked === undefined ? [] : [{ pointer: '/intake/cases', code: 'cases_unfit', message: worked }]),
    ...(computed === undefined
      ? []
      : [{ pointer: '/intake/rollup', code: 'rollup_unfit', message: computed }]),
    ...(raised === undefined
      ? []
      : [{ pointer: '/intake/eventRules', code: 'event_rule_unfit', message: raised }]),
    ...(referring === undefined
      ? []
      : [{ pointer: '/intake/references', code: 'reference_unfit', message: referring }]),
    ...(row.mode === 'events' ? await versionUnfit(database.app, row.id, to) : []),
  ];
  if (without === undefined && findings.length === 0) return;
  const missing =
    without === undefined ? [] : [{ pointer: `/intake/${without.rule}`, code: 'unknown_reference' }];
  throw new Problem(
    'rebind_unfit',
    { dataset: row.id, schema: to.urn },
    { findings: [...missing, ...findings] },
  );
}

/** The newest version of each mapping must compile under the new version. @throws Problem rebind_unfit */
async function mappingsFit(
  { database, registry }: Services,
  row: DatasetRow,
  to: DatasetSchema,
): Promise<void> {
  const { codeLists } = registry.current.surroundings;
  const newest = new Map(
    (await listMappings(database.app))
      .filter(({ dataset, leftBy = null }) => dataset === row.id && leftBy === null)
      .map((one) => [one.name, one]),
  );
  const findings = [...newest.values()].flatMap(({ name, version, document }) => {
    try {
      compileMapping(JSON.parse(document), to, codeLists);
      return [];
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return [{ pointer: `${name}@${version}`, code: error.code, message: error.text }];
    }
  });
  if (findings.length > 0)
    throw new Problem('rebind_unfit', { dataset: row.id, schema: to.urn }, { findings });
}
