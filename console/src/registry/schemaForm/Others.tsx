import type { ReactNode } from 'react';
import { useWords } from '../../words/words.ts';

/** What the form does not show, by keyword. */
export function Others({ of }: { readonly of: readonly string[] }): ReactNode {
  const { say } = useWords();
  if (of.length === 0) return null;
  return (
    <div className="muted">
      {say('sfOthers')}
      <ul className="others">
        {of.map((one) => (
          <li key={one}>
            <code>{one}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}
