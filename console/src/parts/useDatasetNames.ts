import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

/**
 * Titles of the few datasets that a page names.
 * @returns the title; the id until it is known, and where the person may not read the dataset or it is no more
 */
export function useDatasetNames(ids: readonly string[]): (id: string) => string {
  const { pick } = useWords();
  const { turn } = useSession();
  const wanted = [...new Set(ids)].sort();
  const { value } = useAnswer(
    `titles ${wanted.join(' ')} ${turn}`,
    async () => new Map((await Promise.all(wanted.map(titleOf))).flat()),
  );
  return (id) => pick(value?.get(id)) || id;
}

/** The dataset with its title; none where the hub refuses it. */
async function titleOf(dataset: string): Promise<readonly (readonly [string, Schemas['Bilingual']])[]> {
  try {
    const read = await get('/v1/datasets/{dataset}', { at: { dataset } });
    return [[dataset, read.dataset.title]];
  } catch {
    return [];
  }
}
