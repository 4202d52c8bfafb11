import { Alert } from 'antd';
import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { sharingWords } from '../words/sharingWords.ts';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';

/** The catalogue's data about a dataset: its update interval, its contact, and where it is shared differently than an entry states. */
export function LinkingEntries({ dataset }: { readonly dataset: Schemas['DatasetView'] }): ReactNode {
  const { say } = useWords();
  const { entries, opened, sharing } = dataset;
  return (
    <>
      {entries.length === 0 ? say('none') : null}
      {entries.map(({ id, sharing: entrySharing, contradicted, updateFrequency, office, contact }) => (
        <div key={id}>
          <Link to={addressOf('catalogue', [id])}>{id}</Link>{' '}
          {[say(`uf_${updateFrequency}`), office, contact].join(say('pointList'))}
          {contradicted ? (
            <Alert
              type="warning"
              showIcon
              title={say('dsContradicted', { sharing: say(sharingWords[entrySharing.type]) })}
            />
          ) : null}
        </div>
      ))}
      {sharing.type === 'unconditional' && !opened && entries.length === 0 ? (
        <Alert type="warning" showIcon title={say('dsUnopened')} />
      ) : null}
    </>
  );
}
