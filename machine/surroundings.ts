/** The surroundings of schemas on this machine: what ships with the product, today's date, and additions of the caller. */
import { readFileSync } from 'node:fs';
import type { CodeList } from '../schemas/codelists/codeList.ts';
import { codeLists, type CodeListSource } from '../schemas/codelists/codeLists.ts';
import type { Resolve } from '../schemas/references.ts';
import type { Surroundings } from '../schemas/surroundings.ts';
import { civilDateInChina } from '../terms/civilDate.ts';
import { lazily } from '../terms/lazily.ts';
import type { DatasetSchema } from '../schemas/datasetSchema.ts';
import { sharedDocument, sharedSchemas } from './shippedSchemas.ts';

/** Ids of the lists that come with the product, one file each in `schemas/codelists/data`. */
export const shippedCodeListIds: readonly string[] = [
  ...['gbt2260', 'gbt2261', 'gbt3304', 'gbt4754', 'search-synonyms'],
];

const sources: readonly CodeListSource[] = shippedCodeListIds.map((id) => {
  const file = new URL(`../schemas/codelists/data/${id}.json`, import.meta.url);
  return { id, read: lazily(() => JSON.parse(readFileSync(file, 'utf8')) as CodeList) };
});

/**
 * @param lists registered or named in addition to those that ship
 * @param resolve documents in addition to those that ship; they take precedence
 */
export function surroundingsWith(
  lists: readonly CodeList[],
  resolve: Resolve = () => undefined,
): Surroundings {
  return {
    resolve: (urn) => resolve(urn) ?? sharedDocument(urn),
    codeLists: codeLists(lists, sources),
    today: () => civilDateInChina(Date.now()),
  };
}

/** What ships, and nothing else. */
export const shippedSurroundings: Surroundings = surroundingsWith([]);

/** What ships, for a set of documents with additional code lists. */
export const shipped = {
  get schemas(): readonly DatasetSchema[] {
    return sharedSchemas();
  },
  surroundings: (lists: readonly CodeList[]): Surroundings => surroundingsWith(lists),
};
