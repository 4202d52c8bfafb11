/** Reads the files of `--mapping` and `--schema`: JSON, or the YAML of `datong catalogue apply`, which has mapping and schema together. */
import type { CodeList } from '../../../schemas/codelists/codeList.ts';
import type { DatasetSchema } from '../../../schemas/datasetSchema.ts';
import { parseDatasetSchema } from '../../../schemas/parse.ts';
import type { Surroundings } from '../../../schemas/surroundings.ts';
import { readDocuments, type AppliedDocument } from '../apply/readDocuments.ts';
import { requestOf } from '../apply/requestOf.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import { readJsonFile, schemaFrom } from './readInput.ts';

export interface NamedMapping {
  /** the mapping document, not yet checked */
  readonly document: unknown;
  readonly schema: DatasetSchema;
}

const isYaml = (path: string): boolean => /\.ya?ml$/i.test(path);

/**
 * @param schemaName file or short name; undefined: the schema in the same YAML file
 * @throws VerbFailure where a mapping or a schema is missing, Problem schema_invalid
 */
export async function mappingFrom(
  path: string,
  schemaName: string | undefined,
  surroundings: Surroundings,
): Promise<NamedMapping> {
  const documents = isYaml(path) ? readDocuments(path) : undefined;
  const document = documents === undefined ? await readJsonFile(path) : onlyOne(documents, 'Mapping', path);
  if (schemaName !== undefined) return { document, schema: await schemaFrom(schemaName, surroundings) };
  if (documents === undefined) {
    throw new VerbFailure(exitCode.usage, {
      zh: '--mapping 为 JSON 时须与 --schema 同时给出',
      en: '--mapping needs --schema unless it is a YAML file with a Mapping and a Schema',
    });
  }
  return { document, schema: parseDatasetSchema(onlyOne(documents, 'Schema', path), surroundings) };
}

/** The code lists of a YAML file, in the form that a hub has: a `file` becomes entries. @throws VerbFailure as `requestOf`, or where it contains none */
export function codeListsIn(path: string): CodeList[] {
  const lists = readDocuments(path).filter(({ kind }) => kind === 'CodeList');
  if (lists.length === 0) throw missing('CodeList', path, 0);
  return lists.map((document) => {
    const list = requestOf(document, []).body as CodeList;
    if (Array.isArray(list.entries)) return list;
    throw new VerbFailure(exitCode.local, {
      zh: `${path}:${document.line} 的 CodeList 没有 file 或 entries`,
      en: `${path}:${document.line}: a CodeList needs file or entries`,
    });
  });
}

function onlyOne(documents: readonly AppliedDocument[], kind: 'Mapping' | 'Schema', path: string): unknown {
  const found = documents.filter((document) => document.kind === kind);
  const [document] = found;
  if (document === undefined || found.length > 1) throw missing(kind, path, found.length);
  return (requestOf(document, []).body as { readonly document: unknown }).document;
}

const missing = (kind: string, path: string, found: number): VerbFailure =>
  new VerbFailure(exitCode.local, {
    zh: `${path} 中应有 kind: ${kind} 的文档，实有 ${found} 份`,
    en: `${path}: expected one document of kind ${kind}, found ${found}`,
  });
