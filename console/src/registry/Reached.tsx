import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { addressOf } from '../route.ts';
import { DatasetTitles } from '../parts/WithDatasets.tsx';
import { useWords } from '../words/words.ts';

/** Datasets, mappings, agreements and consumers that something touches. */
export function Reached({ by }: { readonly by: Schemas['Touched'] }): ReactNode {
  const { say, pick } = useWords();
  const { datasets, mappings, agreements, consumers } = by;
  if (mappings.length + agreements.length + consumers.length === 0 && datasets.length === 0)
    return say('scUnused');
  return (
    <ul className="plain">
      {consumers.map(({ department, name, contacts, calls }) => (
        <li key={department}>
          {pick(name)}
          {contacts.length === 0
            ? ''
            : `${say('pointOpen')}${say('scContacts')}${say('pointColon')}${contacts.join(say('pointList'))}${say('pointClose')}`}{' '}
          · {calls === undefined ? say('scCallsUnknown') : say('scCalls', { n: calls })}
        </li>
      ))}
      {agreements.length === 0 ? null : (
        <li>
          {say('scAgreements')}
          {say('pointColon')}
          {agreements.join(say('pointList'))}
        </li>
      )}
      {mappings.length === 0 ? null : (
        <li>
          {say('scMappings')}
          {say('pointColon')}
          {mappings.join(say('pointList'))}
        </li>
      )}
      {datasets.map((id) => (
        <li key={id}>
          <Link to={addressOf('datasets', [id])}>
            <DatasetTitles ids={[id]} />
          </Link>
        </li>
      ))}
    </ul>
  );
}
