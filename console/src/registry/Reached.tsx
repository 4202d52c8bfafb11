import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';

/** Datasets, mappings, agreements and consumers that something touches. */
export function Reached({ by }: { readonly by: Schemas['Touched'] }): ReactNode {
  const { say, pick } = useWords();
  const { datasets, mappings, agreements, consumers } = by;
  if (mappings.length + agreements.length + consumers.length === 0 && datasets.length === 0)
    return say('scNobody');
  return (
    <ul className="plain">
      {consumers.map(({ department, name, contacts, calls }) => (
        <li key={department}>
          {pick(name)}
          {contacts.length === 0 ? '' : `（${say('scContacts')}：${contacts.join('、')}）`} ·{' '}
          {say('scCalls', { n: calls })}
        </li>
      ))}
      {agreements.length === 0 ? null : (
        <li>
          {say('scAgreements')}：{agreements.join('、')}
        </li>
      )}
      {mappings.length === 0 ? null : (
        <li>
          {say('scMappings')}：{mappings.join('、')}
        </li>
      )}
      {datasets.map((id) => (
        <li key={id}>
          <Link to={addressOf('datasets', [id])}>{id}</Link>
        </li>
      ))}
    </ul>
  );
}
