/**
 * A folder of documents as one set: agreements and restrictions with the registries they speak about, and the cases that test them. The
 * documents are those that `datong apply` takes.
 */
import { registerCodeList } from '../schemas/codelists/registry.ts';
import type { CodeList } from '../schemas/codelists/codeList.ts';
import type { DatasetSchema, JsonSchema } from '../schemas/datasetSchema.ts';
import { parseDatasetSchema } from '../schemas/parse.ts';
import { sharedSchema, sharedSchemas } from '../schemas/sharedSchemas.ts';
import { datasetId } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { automaticAgreement } from './automaticAgreement.ts';
import { readCases, type PolicyCase } from './cases/policyCase.ts';
import type { PolicyContext, PolicyDepartment, Purpose } from './context.ts';
import { check } from './documents/parseDocument.ts';
import { readText } from './documents/readText.ts';
import type { YamlDocument } from './documents/readYaml.ts';
import { documentName, type PolicyDocument } from './documents/storedDocument.ts';
import type { PolicyFinding } from './finding.ts';
import { isObject } from './masks/fieldPath.ts';

export interface PolicyFile {
  readonly name: string;
  readonly text: string;
}

export interface PolicySet {
  readonly documents: readonly PolicyDocument[];
  /** `agr-2026-0042@3` → the file it stands in */
  readonly files: ReadonlyMap<string, string>;
  readonly context: PolicyContext;
  readonly cases: readonly PolicyCase[];
  readonly findings: readonly PolicyFinding[];
}

interface Builder {
  readonly documents: PolicyDocument[];
  readonly files: Map<string, string>;
  readonly automatic: { readonly value: Readonly<Record<string, unknown>>; readonly file: string }[];
  readonly cases: PolicyCase[];
  readonly findings: PolicyFinding[];
  readonly purposes: Purpose[];
  readonly departments: PolicyDepartment[];
  readonly datasets: Map<string, string>;
  readonly schemas: Map<string, DatasetSchema>;
}

/**
 * Reads every document of every file. Where the set registers no departments, or no purposes, or no datasets, those that the documents
 * name are taken as known: a folder of agreements alone can be checked too.
 */
export function readPolicySet(files: readonly PolicyFile[]): PolicySet {
  const set: Builder = {
    documents: [],
    files: new Map(),
    automatic: [],
    cases: [],
    findings: [],
    purposes: [],
    departments: [],
    datasets: new Map(),
    schemas: new Map(),
  };
  for (const file of files)
    for (const document of readText(file.text, file.name)) readOne(document, file.name, set);
  for (const { value, file } of set.automatic) addAutomatic(value, file, set);
  const { documents, files: places, cases, findings } = set;
  return { documents, files: places, cases, findings, context: contextOf(set) };
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
        ...(text('type') === 'contractor' || text('type') === 'entrusted'
          ? { kind: 'entrusted' as const }
          : {}),
        ...optional('parent'),
        ...optional('region'),
        ...optional('principal'),
      });
      return;
    case 'Dataset':
      set.datasets.set(code, text('schema') ?? '');
      return;
    case 'AutomaticAgreement':
      set.automatic.push({ value, file });
      return;
    case 'CodeList':
      registerCodeList(value as unknown as CodeList);
      return;
    case 'Schema':
      if (isObject(value['document'])) addSchema(value['document'], file, set);
      return;
    case 'Mapping':
    case 'SchemaMetadata':
      return;
    default:
      if (typeof value['$id'] === 'string') addSchema(value, file, set);
      else if (typeof kind === 'string')
        set.findings.push(problemFinding(file, 'unknown_kind', '/kind', '不认识的 kind', 'unknown kind'));
  }
}

function addSchema(document: JsonSchema, file: string, set: Builder): void {
  try {
    const schema = parseDatasetSchema(document);
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
    const schema = name === undefined ? undefined : (set.schemas.get(name) ?? sharedSchema(name));
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
  const shared = new Map(sharedSchemas().map((schema) => [`${schema.name}@${schema.major}`, schema]));
  return {
    schemas: (name) => set.schemas.get(name) ?? shared.get(name),
    purposes:
      set.purposes.length > 0 ? set.purposes : named(set.documents, 'purposes').map((code) => ({ code })),
    departments:
      set.departments.length > 0
        ? set.departments
        : named(set.documents, 'departments').map((code) => ({ code })),
    ...(set.datasets.size === 0 ? {} : { datasets: [...set.datasets.keys()] }),
  };
}

/** What the documents themselves name, each once. */
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
