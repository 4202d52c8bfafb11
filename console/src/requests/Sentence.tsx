import { lastDayBefore } from '../../../terms/civilDate.ts';
import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { WithDatasets } from '../parts/WithDatasets.tsx';
import { useWords } from '../words/words.ts';
import { isWord } from '../parts/State.tsx';
import { isMasked, wantedIn } from './wanted.ts';

/** The request as one sentence: consumer, provider, data, number of persons, purpose, legal basis and end. */
export function Sentence({
  view,
  purposeName,
}: {
  readonly view: Schemas['RequestView'];
  readonly purposeName: (code: string) => string;
}): ReactNode {
  const { say, day } = useWords();
  const { name } = useDepartments();
  const { basis, purposes, grants, valid } = wantedIn(view.document);
  const rules = grants.flatMap(({ fields }) => Object.values(fields));
  const kind = `bt_${basis.type}`;
  const law = [basis.reference, basis.clause].filter((one) => one !== undefined).join('');
  return (
    <p className="sentence">
      <WithDatasets
        ids={view.datasets}
        text={(dataset) =>
          say('rqSentence', {
            consumer: name(view.consumer),
            provider: name(view.provider),
            dataset,
            count: rules.length,
            masked: rules.filter(isMasked).length,
            purpose: purposes.map(purposeName).join(say('pointList')),
            basis: law !== '' ? law : isWord(kind) ? say(kind) : basis.type,
            from: day(valid.from),
            until: day(lastDayBefore(valid.until)),
          })
        }
      />
    </p>
  );
}
