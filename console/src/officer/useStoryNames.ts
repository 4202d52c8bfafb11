import type { StoryNames } from '../../../log/story.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { get } from '../api/call.ts';
import type { Entry } from '../api/leaf.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { useDatasetNames } from '../parts/useDatasetNames.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { usePurposes } from '../requests/usePurposes.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

/** Names of what entries name by code: departments, purposes, datasets and their delivered fields. */
export function useStoryNames(entries: readonly Entry[]): StoryNames {
  const { pick, when } = useWords();
  const { turn } = useSession();
  const departments = useDepartments();
  const purposes = usePurposes();
  const leaves = entries.map(({ leaf }) => leaf);
  const datasetName = useDatasetNames(
    leaves.flatMap(({ dataset, synthetic }) =>
      [dataset, synthetic?.dataset].filter((one) => one !== undefined),
    ),
  );
  const schemas = [
    ...new Set(
      leaves.flatMap(({ fields, schema }) => (fields === undefined || schema === undefined ? [] : [schema])),
    ),
  ].sort();
  const { value: titles = new Map<string, Bilingual>() } = useAnswer(
    `fields of ${schemas.join(' ')} ${turn}`,
    async () => new Map((await Promise.all(schemas.map(titlesIn))).flat()),
  );
  return {
    when,
    nameOf: (kind, code) => {
      if (kind === 'department') return departments.name(code);
      if (kind === 'purpose') return purposes.name(code);
      return datasetName(code);
    },
    fieldName: (schema, field) => pick(titles.get(`${schema ?? ''} ${field}`)) || undefined,
  };
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
