import type { ReactNode } from 'react';
import { useWords } from '../words/words.ts';

/** Numbers as a table whose rows are bars: accessible to screen readers, and printable. */
export function Bars(props: {
  readonly bars: readonly { readonly text: string; readonly count: number }[];
  readonly empty: string;
}): ReactNode {
  const { bars, empty } = props;
  const { number } = useWords();
  const most = Math.max(1, ...bars.map(({ count }) => count));
  if (bars.length === 0) return <p className="muted">{empty}</p>;
  return (
    <table className="barred">
      <tbody>
        {bars.map(({ text, count }) => (
          <tr key={text}>
            <th scope="row">{text}</th>
            <td className="wide">
              <svg
                viewBox="0 0 100 10"
                width="100%"
                height="14"
                preserveAspectRatio="none"
                aria-hidden="true"
              >
                <rect width={(count / most) * 100} height="10" fill="#0958d9" />
              </svg>
            </td>
            <td className="count">{number(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
