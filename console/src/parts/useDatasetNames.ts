import { useContext } from 'react';
import { useAnswer } from '../api/useAnswer.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { DatasetTitlesContext } from './datasetTitles.ts';

/**
 * Titles of the datasets that a page names.
 * @returns the title; the id until it is known, and where the person may not read the dataset or it is no more
 */
export function useDatasetNames(ids: readonly string[]): (id: string) => string {
  const { pick } = useWords();
  const { turn } = useSession();
  const titles = useContext(DatasetTitlesContext);
  const wanted = [...new Set(ids)].sort();
  const { value } = useAnswer(
    `titles ${wanted.join(' ')} ${turn}`,
    async () => new Map(await Promise.all(wanted.map(async (id) => [id, await titles.of(id)] as const))),
  );
  return (id) => pick(value?.get(id)) || id;
}
