/**
 * Reads a folder of documents as one set: agreements and restrictions with the registries they refer to, and the cases that test them. The
 * documents are those that `datong catalogue apply` accepts.
 */
import type { CodeList } from '../schemas/codelists/codeList.ts';
import type { DatasetSchema, JsonSchema } from '../schemas/datasetSchema.ts';
import { parseDatasetSchema } from '../schemas/parse.ts';
import type { Surroundings } from '../schemas/surroundings.ts';
import { datasetId } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { automaticAgreement } from './automaticAgreement.ts';
import { readCases, type PolicyCase } from './cases/policyCase.ts';
import type { PolicyContext, PolicyDepartment, Sharing } from './context.ts';
import type { Purpose } from './meetsCondition.ts';
import { check } from './documents/parseDocument.ts';
import { readText } from './documents/readText.ts';
import type { YamlDocument } from './documents/readYaml.ts';
import { documentName, type PolicyDocument } from './documents/storedDocument.ts';
import type { PolicyFinding } from './finding.ts';
import { isObject } from '../terms/isObject.ts';

export interface PolicyFile {
  readonly name: string;
  readonly text: string;
}

export interface PolicySet {
  readonly documents: readonly PolicyDocument[];
  /** `agr-2026-0042@3` → the file that contains it */
  readonly files: ReadonlyMap<string, string>;
  readonly context: PolicyContext;
  /** the shipped surroundings, and the code lists of the set */
  readonly surroundings: Surroundings;
  readonly cases: readonly PolicyCase[];
  readonly findings: readonly PolicyFinding[];
}

/** What the product ships, used together with a set. */
export interface Shipped {
  readonly schemas: readonly DatasetSchema[];
  /** @param lists more code lists */
  readonly surroundings: (lists: readonly CodeList[]) => Surroundings;
}

interface Builder {
  readonly shipped: ReadonlyMap<string, DatasetSchema>;
  readonly surroundings: Surroundings;
  readonly documents: PolicyDocument[];
  readonly files: Map<string, string>;
  readonly automatic: { readonly value: Readonly<Record<string, unknown>>; readonly file: string }[];
  readonly cases: PolicyCase[];
  readonly findings: PolicyFinding[];
  readonly purposes: Purpose[];
  readonly departments: PolicyDepartment[];
  readonly datasets: Map<string, string>;
  readonly sharing: Map<string, Sharing>;
  readonly schemas: Map<string, DatasetSchema>;
}

/**
 * Reads every document of every file. Where the set registers no departments, or no purposes, or no datasets, those that the documents
 * name are taken as known: a folder of agreements alone can be checked too.
 */
export function readPolicySet(files: readonly PolicyFile[], shipped: Shipped): PolicySet {
  const read = files.flatMap((file) =>
    readText(file.text, file.name).map((document) => ({ document, file: file.name })),
  );
  const set: Builder = {
    shipped: new Map(shipped.schemas.map((schema) => [`${schema.name}@${schema.major}`, schema])),
    surroundings: shipped.surroundings(read.flatMap(({ document }) => codeListIn(document))),
    documents: [],
    files: new Map(),
    automatic: [],
    cases: [],
    findings: [],
    purposes: [],
    departments: [],
    datasets: new Map(),
    sharing: new Map(),
    schemas: new Map(),
  };
  for (const { document, file } of read) readOne(document, file, set);
  for (const { value, file } of set.automatic) addAutomatic(value, file, set);
  const { documents, files: places, cases, findings, surroundings } = set;
  return { documents, files: places, cases, findings, surroundings, context: contextOf(set) };
}

function readOne(document: YamlDocument, file: string, set: Builder): void {
  const { value, places, findings } = document;
  const kind = isObject(value) ? value['kind'] : undefined;
  if (value === undefined || kind === 'Agreement' || kind === 'Restriction') {
    set.findings.push(...findings);
    if (findings.length > 0 || value === undefined) return;
    const result = check({ value, file, places });
    set.findings.push(...result.findings);
    if (result.document !== undefined) addDocument(result.document, file, set);
  } else if (isObject(value)) {
    if (kind === 'Cases') readCases(value, file, set.cases, set.findings, places);
    else register(kind, value, file, set);
  }
}

function codeListIn({ value }: YamlDocument): CodeList[] {
  return isObject(value) && value['kind'] === 'CodeList' ? [value as unknown as CodeList] : [];
}

function addDocument(document: PolicyDocument, file: string, set: Builder): void {
  set.documents.push(document);
  set.files.set(documentName(document), file);
}

function register(kind: unknown, value: Readonly<Record<string, unknown>>, file: string, set: Builder): void {
  const text = (name: string): string | undefined =>
    typeof value[name] === 'string' ? value[name] : undefined;
  const optional = (name: string): Record<string, string> => {
    const found = text(name);
    return found === undefined ? {} : { [name]: found };
  };
  const code = text('code') ?? text('id') ?? '';
  switch (kind) {
    case 'Purpose':
      set.purposes.push({ code, ...optional('parent') });
      return;
    case 'Department':
      set.departments.push({
        code,
        ...(entrustedTypes.includes(value['type']) ? { kind: 'entrusted' as const } : {}),
        ...optional('parent'),
        ...optional('region'),
        ...optional('principal'),
      });
      return;
    case 'Dataset':
      set.datasets.set(code, text('schema') ?? '');
      if (isSharing(value['sharing'])) set.sharing.set(code, value['sharing']);
      return;
    case 'AutomaticAgreement':
      set.automatic.push({ value, file });
      return;
    case 'Schema':
      if (isObject(value['document'])) addSchema(value['document'], file, set);
      return;
    default:
      if (unusedKinds.includes(kind)) return;
      if (typeof value['$id'] === 'string') addSchema(value, file, set);
      else if (typeof kind === 'string')
        set.findings.push(problemFinding(file, 'unknown_kind', '/kind', '不认识的 kind', 'unknown kind'));
  }
}

const entrustedTypes: readonly unknown[] = ['contractor', 'entrusted'];
/** documents that no policy depends on; code lists are read before all others */
const unusedKinds: readonly unknown[] = ['CodeList', 'Mapping', 'Notice', 'SchemaMetadata'];

const isSharing = (value: unknown): value is Sharing =>
  isObject(value) &&
  (value['type'] === 'unconditional' || value['type'] === 'conditional' || value['type'] === 'none');

function addSchema(document: JsonSchema, file: string, set: Builder): void {
  try {
    const schema = parseDatasetSchema(document, set.surroundings);
    const name = `${schema.name}@${schema.major}`;
    const known = set.schemas.get(name);
    if (known === undefined || known.minor < schema.minor) set.schemas.set(name, schema);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    set.findings.push(problemFinding(file, error.code, '', error.text.zh, error.text.en));
  }
}

function addAutomatic(value: Readonly<Record<string, unknown>>, file: string, set: Builder): void {
  const { dataset, consumer, purpose, valid } = value;
  const urn = typeof dataset === 'string' ? set.datasets.get(dataset) : undefined;
  const name = urn?.replace(/^urn:datong:([a-z0-9-]+):(\d+)\..*$/, '$1@$2');
  try {
    const schema = name === undefined ? undefined : (set.schemas.get(name) ?? set.shipped.get(name));
    if (schema === undefined) throw new Problem('dataset_unknown');
    const agreement = automaticAgreement(
      datasetId(String(dataset)),
      schema,
      String(consumer),
      String(purpose),
      valid as { from: string; until: string },
    );
    addDocument(agreement, file, set);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    set.findings.push(problemFinding(file, error.code, '/dataset', error.text.zh, error.text.en));
  }
}

function problemFinding(document: string, code: string, path: string, zh: string, en: string): PolicyFinding {
  return { code, level: 'error', document, path, message: { zh, en } };
}

function contextOf(set: Builder): PolicyContext {
  const { shipped } = set;
  return {
    schemas: (name) => set.schemas.get(name) ?? shipped.get(name),
    purposes:
      set.purposes.length > 0 ? set.purposes : named(set.documents, 'purposes').map((code) => ({ code })),
    departments:
      set.departments.length > 0
        ? set.departments
        : named(set.documents, 'departments').map((code) => ({ code })),
    sharing: set.sharing,
    registered: [...new Map([...shipped, ...set.schemas]).values()],
    ...(set.datasets.size === 0 ? {} : { datasets: [...set.datasets.keys()] }),
  };
}

/** Names in the documents themselves, each once. */
function named(documents: readonly PolicyDocument[], what: 'purposes' | 'departments'): readonly string[] {
  const names = documents.flatMap((document) => {
    if (document.kind === 'Restriction') {
      const { purposeUnder = [], purposeNotUnder = [] } = document.when;
      return what === 'purposes' ? [...purposeUnder, ...purposeNotUnder] : [];
    }
    if (what === 'purposes') return document.purposes;
    const { consumer, provider, entrusted = [] } = document;
    return [
      provider,
      typeof consumer === 'string' ? consumer : consumer.department,
      ...entrusted.map((party) => party.department),
    ];
  });
  return [...new Set(names)];
}
