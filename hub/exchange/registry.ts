/**
 * The registries as the walks read them: schemas, datasets, mappings and compiled policy, in memory. They are read again when the
 * log's state_epoch has moved (an activation, revocation or suspension, by this process or another); the append refuses what was
 * decided under an older epoch, so a stale copy can never let anything out.
 */
import { compileMapping, type CompiledMapping } from '../../adapters/mapping/compile.ts';
import type { DepartmentKind, PolicyContext } from '../../policies/context.ts';
import { parsePolicyDocument } from '../../policies/documents/parseDocument.ts';
import { compilePlans, type Plans } from '../../policies/plans.ts';
import type { CodeList } from '../../schemas/codelists/codeList.ts';
import { registerCodeList } from '../../schemas/codelists/registry.ts';
import { compileSchema, type CompiledSchema } from '../../schemas/compile.ts';
import type { DatasetSchema, JsonSchema } from '../../schemas/datasetSchema.ts';
import { readSchema } from '../../schemas/parse.ts';
import type { AuditLog } from '../audit/draft.ts';
import { listCodeLists } from '../store/codeLists.ts';
import type { Database } from '../store/database.ts';
import { listDatasets, type DatasetRow } from '../store/datasets.ts';
import { listDepartments, type DepartmentRow } from '../store/departments.ts';
import { listMappings, type MappingRow } from '../store/mappings.ts';
import { listStandingPolicyDocuments, type PolicyDocumentRow } from '../store/policyDocuments.ts';
import { listPurposes, type PurposeRow } from '../store/purposes.ts';
import { listSchemas, type SchemaRow } from '../store/schemas.ts';

export interface LiveMapping {
  /** `name@version` */
  readonly label: string;
  readonly digest: string;
  readonly compiled: CompiledMapping;
}

export interface LiveDataset {
  readonly row: DatasetRow;
  readonly schema: DatasetSchema;
  readonly compiled: CompiledSchema;
  /** by name (the newest version) and by `name@version`; the department's code before the name may be left out */
  readonly mappings: ReadonlyMap<string, LiveMapping>;
}

export interface Registry {
  readonly epoch: number;
  readonly datasets: ReadonlyMap<string, LiveDataset>;
  readonly plans: Plans;
  /** registered beside the shipped ones */
  readonly codeLists: readonly CodeList[];
}

export interface LiveRegistry {
  /** as of the newest epoch this process knows; a promise only while it is read again */
  refresh(): Promise<void> | undefined;
  readonly current: Registry;
  /** the batch readers of a snapshot dataset see, as last heard */
  pointer(dataset: string): string | null;
  movePointer(dataset: string, batch: string | null): void;
}

export async function openRegistry(services: {
  readonly database: Database;
  readonly audit: Pick<AuditLog, 'epoch'>;
}): Promise<LiveRegistry> {
  const { database, audit } = services;
  const pointers = new Map<string, string | null>();
  let current = await readRegistry(database, audit.epoch());
  let reading: Promise<void> | undefined;

  async function readAgain(): Promise<void> {
    try {
      while (current.epoch !== audit.epoch()) current = await readRegistry(database, audit.epoch());
    } finally {
      reading = undefined;
    }
  }

  return {
    get current() {
      return current;
    },
    refresh() {
      if (current.epoch === audit.epoch()) return undefined;
      return (reading ??= readAgain());
    },
    pointer: (dataset) => pointers.get(dataset) ?? current.datasets.get(dataset)?.row.currentBatch ?? null,
    movePointer: (dataset, batch) => pointers.set(dataset, batch),
  };
}

/** @param epoch the log's epoch before the rows were read: newer rows under an older epoch are refused by the append, never let through */
async function readRegistry(database: Database, epoch: number): Promise<Registry> {
  const { app } = database;
  const [codeListRows, schemaRows, datasetRows, mappingRows, documents, purposes, departments] =
    await Promise.all([
      listCodeLists(app),
      listSchemas(app),
      listDatasets(app),
      listMappings(app),
      listStandingPolicyDocuments(app),
      listPurposes(app),
      listDepartments(app),
    ]);
  const codeLists = codeListRows.map(({ document }) => JSON.parse(document) as CodeList);
  for (const list of codeLists) registerCodeList(list);
  const schemas = readSchemas(schemaRows);
  const datasets = new Map<string, LiveDataset>();
  for (const row of datasetRows) {
    const schema = schemas.get(row.schema);
    if (schema === undefined) continue; // the database holds no dataset without its schema version
    const mappings = readMappings(
      mappingRows.filter((mapping) => mapping.dataset === row.id),
      schema,
    );
    datasets.set(row.id, { row, schema, compiled: compileSchema(schema), mappings });
  }
  const plans = compilePlans(
    documents.map(({ text }) => parsePolicyDocument(text)),
    policyContext({ schemas: [...schemas.values()], datasetRows, documents, purposes, departments }),
  );
  return { epoch, datasets, plans, codeLists };
}

function readSchemas(rows: readonly SchemaRow[]): ReadonlyMap<string, DatasetSchema> {
  const documents = new Map(rows.map(({ urn, document }) => [urn, JSON.parse(document) as JsonSchema]));
  const resolve = (urn: string): JsonSchema | undefined => documents.get(urn);
  return new Map([...documents].map(([urn, document]) => [urn, parsedOnce(urn, document, resolve)]));
}

/** A version never changes: each is read once in a process, so that what is kept by schema stays kept. */
const parsed = new Map<string, { readonly text: string; readonly schema: DatasetSchema }>();

function parsedOnce(
  urn: string,
  document: JsonSchema,
  resolve: (urn: string) => JsonSchema | undefined,
): DatasetSchema {
  const text = JSON.stringify(document);
  const known = parsed.get(urn);
  if (known?.text === text) return known.schema;
  const schema = readSchema(document, resolve);
  parsed.set(urn, { text, schema });
  return schema;
}

/** A mapping `pub-security/household` of its own dataset is asked for as `household`. */
const shortName = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** @param rows versions of one dataset's mappings, oldest first: the newest keeps the bare name */
function readMappings(rows: readonly MappingRow[], schema: DatasetSchema): ReadonlyMap<string, LiveMapping> {
  return new Map(
    rows.flatMap(({ name, version, digest, document }) => {
      const short = shortName(name);
      const compiled = compileMapping(JSON.parse(document), schema);
      const mapping = { label: `${short}@${version}`, digest, compiled };
      return [name, `${name}@${version}`, short, mapping.label].map((key): [string, LiveMapping] => [
        key,
        mapping,
      ]);
    }),
  );
}

const policyKinds: Readonly<Record<DepartmentRow['kind'], DepartmentKind>> = {
  government: 'government',
  authorised: 'authorised',
  'public-service': 'public-service',
  contractor: 'entrusted',
};

/** The registries as policy is compiled against them. */
export function policyContext(rows: {
  readonly schemas: readonly DatasetSchema[];
  readonly datasetRows: readonly DatasetRow[];
  readonly documents: readonly PolicyDocumentRow[];
  readonly purposes: readonly PurposeRow[];
  readonly departments: readonly DepartmentRow[];
}): PolicyContext {
  const newest = new Map<string, DatasetSchema>();
  for (const schema of rows.schemas) {
    const name = `${schema.name}@${schema.major}`;
    if ((newest.get(name)?.minor ?? -1) < schema.minor) newest.set(name, schema);
  }
  const byUrn = new Map(rows.schemas.map((schema) => [schema.urn, schema]));
  const boundTo = new Map(rows.datasetRows.map((row) => [row.id, row.schema]));
  return {
    schemas: (name) => newest.get(name),
    bound: (dataset) => byUrn.get(boundTo.get(dataset) ?? ''),
    datasets: rows.datasetRows.map((row) => row.id),
    suspended: rows.documents.filter((row) => row.state === 'suspended').map((row) => row.id),
    purposes: rows.purposes.map(({ code, parent, titleZh, titleEn }) => ({
      code,
      title: { zh: titleZh, en: titleEn },
      ...(parent === null ? {} : { parent }),
    })),
    departments: rows.departments.map(({ code, kind, parent, principal, region, nameZh, nameEn }) => ({
      code,
      kind: policyKinds[kind],
      title: { zh: nameZh, en: nameEn },
      ...(parent === null ? {} : { parent }),
      ...(principal === null ? {} : { principal }),
      ...(region === null ? {} : { region }),
    })),
  };
}
