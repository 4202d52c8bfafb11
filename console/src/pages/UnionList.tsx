import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { useWords } from '../words/words.ts';

/** What agreements of one consumer disclose in combination. */
export function UnionList({ unions }: { readonly unions: readonly Schemas['JointView'][] }): ReactNode {
  const { say } = useWords();
  const { name } = useDepartments();
  if (unions.length === 0) return null;
  return (
    <>
      <h2>{say('unions')}</h2>
      <ul>
        {unions.map((one, at) => (
          <li key={at}>
            {name(one.consumer)}
            {say('pointColon')}
            {one.about} — {one.tells}
            {say('pointOpen')}
            {one.parts
              .map(({ dataset, field, mask }) => `${dataset}.${field}:${mask}`)
              .join(say('pointList'))}
            {say('pointClose')}
          </li>
        ))}
      </ul>
    </>
  );
}
