import type { Bilingual } from '../../../terms/bilingual.ts';
import { get } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

/** Titles of the fields of schema versions. @returns undefined for a field that no version names, and until the titles are there */
export function useFieldNames(
  urns: readonly string[],
): (schema: string | undefined, field: string) => string | undefined {
  const { pick } = useWords();
  const { turn } = useSession();
  const schemas = [...new Set(urns)].sort();
  const { value: titles = new Map<string, Bilingual>() } = useAnswer(
    `fields of ${schemas.join(' ')} ${turn}`,
    async () => new Map((await Promise.all(schemas.map(titlesIn))).flat()),
  );
  return (schema, field) => pick(titles.get(`${schema ?? ''} ${field}`)) || undefined;
}

/** Titles by `schema field`; none where the hub refuses the schema. */
async function titlesIn(schema: string): Promise<readonly (readonly [string, Bilingual])[]> {
  try {
    const { document } = await get('/v1/schemas/{schema}', { at: { schema } });
    const properties = (document['properties'] ?? {}) as Readonly<
      Record<string, { readonly 'x-title'?: Bilingual }>
    >;
    return Object.entries(properties).flatMap(([field, { 'x-title': title }]) =>
      title === undefined ? [] : [[`${schema} ${field}`, title] as const],
    );
  } catch {
    return [];
  }
}
