/** Collects what a schema document refers to: other documents and code lists. A worker thread receives only these. */
import type { CodeList } from '../schemas/codelists/codeList.ts';
import { codeListIdOf, type CodeLists } from '../schemas/codelists/codeLists.ts';
import type { JsonSchema } from '../schemas/datasetSchema.ts';
import { isSchemaObject } from '../schemas/jsonSchema.ts';
import { walkSchema } from '../schemas/lint/walk.ts';
import type { Surroundings } from '../schemas/surroundings.ts';

/** Documents that a document refers to by URN, and, recursively, those that they refer to. */
export function reachable(document: unknown, resolve: Surroundings['resolve']): JsonSchema[] {
  const found = new Map<string, JsonSchema>();
  const open: unknown[] = [document];
  for (let next = open.pop(); next !== undefined && found.size < 100; next = open.pop()) {
    if (!isSchemaObject(next)) continue;
    for (const { schema } of walkSchema(next)) {
      const urn = typeof schema['$ref'] === 'string' ? (schema['$ref'].split('#', 1)[0] ?? '') : '';
      const other = urn.startsWith('urn:') && !found.has(urn) ? resolve(urn) : undefined;
      if (other === undefined) continue;
      found.set(urn, other);
      open.push(other);
    }
  }
  return [...found.values()];
}

/** Code lists that a document names, with their entries. */
export function namedLists(document: unknown, codeLists: CodeLists): CodeList[] {
  if (!isSchemaObject(document)) return [];
  const lists = new Map<string, CodeList>();
  for (const { schema } of walkSchema(document)) {
    const reference = schema['x-code'];
    if (!isSchemaObject(reference) || typeof reference['list'] !== 'string') continue;
    const { version } = reference;
    const list = codeLists.list(
      codeListIdOf(reference['list']),
      typeof version === 'string' ? version : undefined,
    );
    if (list !== undefined) lists.set(`${list.id} ${list.version}`, list);
  }
  return [...lists.values()];
}
