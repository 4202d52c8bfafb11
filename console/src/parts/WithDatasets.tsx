import { Fragment, type ReactNode } from 'react';
import { useWords } from '../words/words.ts';
import { useDatasetNames } from './useDatasetNames.ts';

/** Stands for the datasets in a sentence; no text of a page has this character. */
const slot = '\u{fffc}';

/** A sentence with datasets by their titles, each with its id on hover. @param text of the sentence with their placeholders */
export function WithDatasets(props: {
  readonly ids: readonly string[];
  readonly text: (datasets: string) => string;
}): ReactNode {
  const { ids, text } = props;
  const { say } = useWords();
  const nameOf = useDatasetNames(ids);
  const [before = '', after = ''] = text(slot).split(slot);
  return (
    <>
      {before}
      {ids.map((id, nth) => (
        <Fragment key={id}>
          {nth === 0 ? '' : say('pointList')}
          <span title={id}>{nameOf(id)}</span>
        </Fragment>
      ))}
      {after}
    </>
  );
}

/** Datasets by their titles, each with its id on hover. */
export const DatasetTitles = ({ ids }: { readonly ids: readonly string[] }): ReactNode => (
  <WithDatasets ids={ids} text={(titles) => titles} />
);
