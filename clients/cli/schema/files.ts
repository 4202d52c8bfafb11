import { readFileSync, statSync } from 'node:fs';
import type { JsonSchema } from '../../../schemas/datasetSchema.ts';
import { isSchemaObject } from '../../../schemas/jsonSchema.ts';
import { readJson } from '../../../schemas/readJson.ts';
import { JsonFault } from '../../../schemas/readJson.ts';
import { exitCode, VerbFailure } from '../verb.ts';

/** Larger than any schema or code list worth reading whole. */
const largest = 8 * 1024 * 1024;

/**
 * A JSON document from a file that a person named.
 * @throws VerbFailure with the file, the line and what is wrong
 */
export function readJsonFile(path: string, limit = largest): unknown {
  const { size } = statSync(path);
  if (size > limit) {
    throw new VerbFailure(exitCode.refused, {
      zh: `${path} 有 ${size} 字节，超过 ${limit} 字节`,
      en: `${path} has ${size} bytes, more than ${limit}`,
    });
  }
  try {
    return readJson(readFileSync(path), 256);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const place = error.line > 0 ? `${path}:${error.line}` : path;
    throw new VerbFailure(exitCode.refused, {
      zh: `${place} ${error.text.zh}（${error.code}）`,
      en: `${place} ${error.text.en} (${error.code})`,
    });
  }
}

/** Documents by their `$id`, out of files given by --with, for references between schemas. */
export function referenceFiles(paths: readonly string[]): (urn: string) => JsonSchema | undefined {
  const byId = new Map<string, JsonSchema>();
  for (const path of paths) {
    const document = readJsonFile(path);
    if (isSchemaObject(document) && typeof document['$id'] === 'string') byId.set(document['$id'], document);
  }
  return (urn) => byId.get(urn);
}
