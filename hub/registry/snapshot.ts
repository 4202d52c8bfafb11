/** One immutable snapshot of the registry: code lists, schemas, datasets with their mappings, and the policy in force, compiled. */
import type { PolicyContext } from '../../policies/context.ts';
import type { PolicyDocument } from '../../policies/documents/storedDocument.ts';
import type { Plans } from '../../policies/plans.ts';
import type { FailedDocument } from '../../policies/standingPlans.ts';
import type { PolicyReading } from '../../policies/standingPlans.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { surroundingsWith } from '../../machine/surroundings.ts';
import { dayInChina, startOfDayInChina } from '../../terms/civilDate.ts';
import { compileSchema, type CompiledSchema } from '../../schemas/compile.ts';
import type { DatasetSchema, JsonSchema } from '../../schemas/datasetSchema.ts';
import { readSchema } from '../../schemas/parse.ts';
import type { Surroundings } from '../../schemas/surroundings.ts';
import { listCodeListHeads } from './store/codeLists.ts';
import type { Database } from '../platform/database/database.ts';
import { listOpenChangeovers, type ChangeoverRow } from './store/changeovers.ts';
import { listSchemas, type SchemaRow, deprecatedSchemas } from './store/schemas.ts';
import { listDatasets, unopenedDatasets, type DatasetRow } from './store/datasets.ts';
import { listDepartments } from '../identity/store/departments.ts';
import { isFounded } from '../identity/store/persons.ts';
import { listLiveServices, type LiveServiceRow } from './store/liveServices.ts';
import { listMappings, type MappingRow } from './store/mappings.ts';
import { storePolicyReading } from './store/policy/policyReadings.ts';
import { listPurposes } from './store/purposes.ts';
import { purposesOfPlans, type PlanPurposes } from '../features/events/store/plans.ts';
import { openCorrections, type OpenCorrection } from '../features/tickets/store/tickets.ts';
import { noticeOf, type LeavingNotice } from './leavingNotice.ts';
import { readMappings, type LiveMapping, type UnreadableMapping } from './mappings.ts';
import { policyContext } from './policyContext.ts';
import { readable, type Unreadable } from './unavailable.ts';
import { readCodeLists, type RegisteredLists } from './registeredSchemas.ts';
import { readStandingPlans, type ReadBefore, type Stopped } from './standingPlans.ts';
import { defined } from '../../terms/defined.ts';

export interface LiveDataset {
  readonly row: DatasetRow;
  readonly schema: DatasetSchema;
  readonly compiled: CompiledSchema;
  /** by name (the newest version) and by `name@version`; the department's code before the name is optional */
  readonly mappings: ReadonlyMap<string, LiveMapping | UnreadableMapping>;
  /** the provider's own service that is queried for its rows; absent for connectors, and for rows stored in the hub */
  readonly service?: LiveServiceRow;
  /** its state under the version of its changeover: batches are prepared for it, and are not visible to readers */
  readonly coming?: ComingDataset;
  /** headers of its replies while its current version is being replaced */
  readonly notice?: LeavingNotice;
}

export interface ComingDataset extends Omit<LiveDataset, 'coming'> {
  /** id of the changeover */
  readonly changeover: string;
}

export interface RegistrySnapshot extends ReadBefore {
  readonly epoch: number;
  /** Unix milliseconds at which the registry is read again: another version of a code list takes effect, plans were altered, or the hub is not founded; or Infinity */
  readonly until: number;
  readonly datasets: ReadonlyMap<string, LiveDataset>;
  readonly plans: Plans;
  /** who has stopped an agreement, for refusals under it */
  readonly stopped: Stopped;
  /** the context against which the documents were compiled */
  readonly context: PolicyContext;
  /** documents in force that are not trusted; data that they would allow, or might hide, is denied */
  readonly failed: readonly FailedDocument[];
  /** those of them that another binding of a dataset may make valid again */
  readonly idle: readonly PolicyDocument[];
  /** code lists, schemas, datasets and mappings that cannot be read as registered; what depends on them does not answer, all else does */
  readonly unreadable: Unreadable;
  readonly openCorrections: readonly OpenCorrection[];
  /** subjects of these tickets: dataset → keyed hash (hex) → who opened them */
  readonly corrections: ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;
  /** two persons have signed in; before that, only generated rows are returned (hub/flows/release/sandbox) */
  readonly founded: boolean;
  /** purposes of response plans, each with the end of its event */
  readonly planPurposes: PlanPurposes;
  readonly codeLists: RegisteredLists;
  /** registered and shipped code lists, for everything compiled here */
  readonly surroundings: Surroundings;
  /** schema versions by urn, with their source text */
  readonly schemas: ReadonlyMap<string, ReadSchema>;
  /** the documents and registries that decide, as stored for later repetition of decisions */
  readonly reading: PolicyReading;
}

interface ReadSchema {
  readonly text: string;
  readonly schema: DatasetSchema;
}

/** ms after which rows that were changed past the hub are compared again */
const alteredMs = 10_000;

/**
 * The snapshot, with its policy reading stored before any decision under it: entries refer to it by its digest.
 * @param epoch the log's epoch before the rows were read: the append refuses decisions with newer rows under an older epoch
 * @param before the previous snapshot: unchanged parts are reused, so that compiled plans are reused
 */
export async function readSnapshot(
  database: Database,
  epoch: number,
  before?: RegistrySnapshot,
): Promise<RegistrySnapshot> {
  const snapshot = await readRegistry(database, epoch, before);
  const { reading } = snapshot;
  if (before?.reading.policy !== reading.policy || before.reading.registries !== reading.registries)
    await storePolicyReading(database.app, epoch, reading);
  return snapshot;
}

/** The snapshot, without storing anything: for `serve --check`. */
export async function readRegistry(
  database: Database,
  epoch: number,
  before?: RegistrySnapshot,
): Promise<RegistrySnapshot> {
  const { app } = database;
  const day = dayInChina(database.now());
  const [
    everyList,
    schemaRows,
    datasetRows,
    unopened,
    mappingRows,
    changeovers,
    purposes,
    departments,
    founded,
    open,
    deprecated,
    services,
    planPurposes,
  ] = await Promise.all([
    listCodeListHeads(app),
    listSchemas(app),
    listDatasets(app),
    unopenedDatasets(app),
    listMappings(app),
    listOpenChangeovers(app),
    listPurposes(app),
    listDepartments(app),
    isFounded(app),
    openCorrections(app, before?.openCorrections ?? []),
    deprecatedSchemas(app),
    listLiveServices(app),
    purposesOfPlans(app, knownPurposes(before)),
  ]);
  const days = everyList.flatMap(({ from }) => (from !== null && from > day ? [from] : []));
  const unreadable = new Map<string, Bilingual>();
  const counting = everyList.filter(({ from }) => from === null || from <= day);
  const codeLists = await readCodeLists(app, counting, before?.codeLists, unreadable);
  const surroundings =
    before?.codeLists.digest === codeLists.digest ? before.surroundings : surroundingsWith(codeLists.lists);
  const faults = new Map<string, Bilingual>();
  const read = readSchemas(schemaRows, before?.schemas ?? new Map<string, ReadSchema>(), faults);
  const schemas = new Map([...read].map(([urn, { schema }]) => [urn, schema]));
  const datasets = new Map<string, LiveDataset>();
  for (const row of datasetRows) {
    const schema = schemas.get(row.schema);
    const refused = (reason: Bilingual): unknown => faults.set(row.schema, reason);
    const compiled = schema && readable(() => compileSchema(schema, surroundings), refused);
    if (schema === undefined || compiled === undefined) {
      unreadable.set(`Dataset ${row.id}`, schemaFault(row.schema, faults.get(row.schema)));
      continue;
    }
    const mappings = readMappings(
      mappingRows.filter((mapping) => mapping.dataset === row.id && (mapping.leftBy ?? null) === null),
      schema,
      surroundings.codeLists,
    );
    for (const mapping of mappings.values())
      if (mapping.compiled === undefined)
        unreadable.set(`Mapping ${row.id} ${mapping.label}`, mapping.reason);
    const changeover = changeovers.find(({ dataset }) => dataset === row.id);
    const coming = changeover && comingDataset(row, changeover, mappingRows, schemas, surroundings);
    const notice = noticeOf(row.schema, changeover, deprecated);
    const service = services.find(({ dataset }) => dataset === row.id);
    datasets.set(row.id, {
      row,
      schema,
      compiled,
      mappings,
      ...defined({ notice, service, coming }),
    });
  }
  const { plans, failed, idle, reading, ...readBefore } = await readStandingPlans(
    database,
    departments,
    before,
    (documents) =>
      policyContext({
        schemas: [...schemas.values()],
        datasetRows,
        unopened,
        documents,
        purposes,
        departments,
      }),
  );
  return {
    epoch,
    // after the reading, which may take longer than the time until the next one
    until: Math.min(...days.map(startOfDayInChina), againAt({ planPurposes, founded }, database.now())),
    datasets,
    plans,
    failed,
    idle,
    unreadable,
    ...readBefore,
    founded,
    planPurposes,
    openCorrections: open,
    corrections: correctionsOf(open),
    codeLists,
    surroundings,
    schemas: read,
    reading,
  };
}

/**
 * When plans that were changed past the hub are compared again, and the persons of a hub that is not founded: rows that are put back by SQL
 * do not move the epoch.
 * @param now Unix milliseconds
 */
const againAt = (
  { planPurposes, founded }: Pick<RegistrySnapshot, 'planPurposes' | 'founded'>,
  now: number,
): number => (founded && !planPurposes.isAltered ? Infinity : now + alteredMs);

/** A purpose that an agreement in force names, and no plan, is none of a later plan either: such a plan is refused. */
const knownPurposes = (
  before: Pick<RegistrySnapshot, 'plans' | 'planPurposes'> | undefined,
): Parameters<typeof purposesOfPlans>[1] => {
  if (before === undefined) return { bound: [], free: new Set() };
  const { ends, free } = before.planPurposes;
  const used = before.plans.all.flatMap(({ ref: { purpose } }) => (ends.has(purpose) ? [] : [purpose]));
  return { bound: ends.keys(), free: free ?? new Set(used) };
};

/** @param mappings of every dataset @returns undefined if the coming version can no longer be read */
function comingDataset(
  row: DatasetRow,
  { id, to, mappings: own }: ChangeoverRow,
  mappings: readonly MappingRow[],
  schemas: ReadonlyMap<string, DatasetSchema>,
  surroundings: Surroundings,
): ComingDataset | undefined {
  const schema = schemas.get(to);
  const compiled = schema && readable(() => compileSchema(schema, surroundings));
  if (schema === undefined || compiled === undefined) return undefined;
  const before = mappings.filter(({ dataset }) => dataset === row.id);
  return {
    row: { ...row, schema: to },
    schema,
    compiled,
    changeover: id,
    mappings: readMappings([...before, ...own], schema, surroundings.codeLists),
  };
}

function correctionsOf(open: readonly OpenCorrection[]): RegistrySnapshot['corrections'] {
  const found = new Map<string, Map<string, Set<string>>>();
  for (const { dataset, subject, opener } of open) {
    const ofDataset = found.get(dataset) ?? new Map<string, Set<string>>();
    const openers = ofDataset.get(subject) ?? new Set();
    found.set(dataset, ofDataset.set(subject, openers.add(opener)));
  }
  return found;
}

const schemaFault = (urn: string, { zh, en }: Bilingual = noSchema): Bilingual => ({
  zh: `标准 ${urn}：${zh}`,
  en: `schema ${urn}: ${en}`,
});
const noSchema: Bilingual = { zh: '未登记', en: 'it is not registered' };

/** A version never changes: it is read once, so that caches by schema remain valid. @param faults gets the reasons, by urn */
function readSchemas(
  rows: readonly SchemaRow[],
  before: ReadonlyMap<string, ReadSchema>,
  faults: Map<string, Bilingual>,
): ReadonlyMap<string, ReadSchema> {
  const documents = new Map(
    rows.flatMap(({ urn, document }) => {
      const read = readable(
        () => JSON.parse(document) as JsonSchema,
        (reason) => faults.set(urn, reason),
      );
      return read === undefined ? [] : [[urn, read] as const];
    }),
  );
  const resolve = (urn: string): JsonSchema | undefined => documents.get(urn);
  return new Map(
    rows.flatMap(({ urn, document: text }): [string, ReadSchema][] => {
      const known = before.get(urn);
      if (known?.text === text) return [[urn, known]];
      const document = documents.get(urn);
      const schema =
        document &&
        readable(
          () => readSchema(document, resolve),
          (reason) => faults.set(urn, reason),
        );
      return schema === undefined ? [] : [[urn, { text, schema }]];
    }),
  );
}
