import type { ReactNode } from 'react';
import { useWords } from '../words/words.ts';

/** A table of answered and refused calls. */
export function CallsTable(props: {
  /** titles of the columns before the two numbers */
  readonly titles: readonly string[];
  /** its rows */
  readonly children: ReactNode;
}): ReactNode {
  const { titles, children } = props;
  const { say } = useWords();
  return (
    <table className="barred">
      <thead>
        <tr>
          {titles.map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
          <th scope="col" className="count">
            {say('b_answered')}
          </th>
          <th scope="col" className="count">
            {say('b_refused')}
          </th>
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
