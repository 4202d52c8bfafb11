import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { sharingWords } from '../words/sharingWords.ts';
import { Facts } from '../parts/Facts.tsx';
import { Link } from '../parts/Link.tsx';
import { shareText } from '../parts/shareText.ts';
import { State } from '../parts/State.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';

/** The main facts of a dataset: its department, contacts, last update and quality grade. */
export function DatasetHead(props: {
  readonly detail: Schemas['DatasetDetail'];
  /** the person may read how the grade came about */
  readonly explained: boolean;
}): ReactNode {
  const { dataset, updatedAt, quality } = props.detail;
  const { say, when, number } = useWords();
  const { name } = useDepartments();
  const grade = quality && `${quality.grade} · ${shareText(quality.score, number)}`;
  const contacts = dataset.entries.map(({ office, contact }) => [office, contact].join(say('pointList')));
  const frequencies = dataset.entries.map(({ updateFrequency }) => say(`uf_${updateFrequency}`));
  return (
    <section className="card">
      <Facts
        of={[
          [say('datasetId'), <code key="id">{dataset.id}</code>],
          [say('provider'), name(dataset.department)],
          [say('dhContact'), [...new Set(contacts)].join(say('pointSemicolon'))],
          [say('sharing'), say(sharingWords[dataset.sharing.type])],
          [
            say('dhFresh'),
            updatedAt === undefined
              ? undefined
              : [when(updatedAt), ...new Set(frequencies)].join(say('pointComma')),
          ],
          [
            say('qualityGrade'),
            grade === undefined || !props.explained ? (
              grade
            ) : (
              <Link key="grade" stay to={addressOf('datasets', [dataset.id], { tab: 'quality' })}>
                {grade}
              </Link>
            ),
          ],
          [say('dsState'), <State key="state" state={dataset.standing} />],
        ]}
      />
    </section>
  );
}
