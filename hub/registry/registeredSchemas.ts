import type { DatasetSchema, JsonSchema } from '../../schemas/datasetSchema.ts';
import { readSchema } from '../../schemas/parse.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import type { Reader } from '../platform/database/reader.ts';
import { listSchemas, type SchemaRow } from './store/schemas.ts';
import type { CodeList } from '../../schemas/codelists/codeList.ts';
import { codeListTexts, type CodeListRow } from './store/codeLists.ts';
import { readable } from './unavailable.ts';

/** Every registered schema version by its urn. They passed lint at registration. */
export async function registeredSchemas(reader: Reader): Promise<Map<string, DatasetSchema>> {
  const rows = await listSchemas(reader);
  const resolve = resolverOf(rows);
  return new Map(
    rows.map(({ urn, document }) => [urn, readSchema(JSON.parse(document) as JsonSchema, resolve)]),
  );
}

/** Documents of registered versions, for references between them. */
export function resolverOf(rows: readonly SchemaRow[]): (urn: string) => JsonSchema | undefined {
  const documents = new Map(rows.map((row) => [row.urn, JSON.parse(row.document) as JsonSchema]));
  return (urn) => documents.get(urn);
}

/** Registered code lists in addition to the shipped ones, of the versions in effect. */
export interface RegisteredLists {
  /** equal digests, equal lists */
  readonly digest: string;
  readonly lists: readonly CodeList[];
  /** as read, by digest */
  readonly read: ReadonlyMap<string, CodeList>;
}

const noText: Bilingual = { zh: '没有可读的内容', en: 'its text cannot be read' };

/**
 * Fetches only texts that the previous snapshot did not contain: a list of regions is large, and every act creates a snapshot.
 * @param unreadable gets those whose text is invalid
 */
export async function readCodeLists(
  reader: Reader,
  counting: readonly Pick<CodeListRow, 'id' | 'version' | 'digest'>[],
  before: RegisteredLists | undefined,
  unreadable: Map<string, Bilingual>,
): Promise<RegisteredLists> {
  const unread = counting.filter(({ digest }) => before?.read.has(digest) !== true);
  const texts = await codeListTexts(
    reader,
    unread.map(({ digest }) => digest),
  );
  const read = new Map<string, CodeList>();
  for (const { id, version, digest } of counting) {
    const list =
      before?.read.get(digest) ?? readable(() => JSON.parse(texts.get(digest) ?? '') as CodeList | null);
    if (list === undefined || list === null) unreadable.set(`CodeList ${id}@${version}`, noText);
    else read.set(digest, list);
  }
  return { digest: counting.map(({ digest }) => digest).join(' '), lists: [...read.values()], read };
}
