import type { ReactNode } from 'react';
import { useWords } from '../words/words.ts';

/** Numbers of the last hours as bars, the newest at the right. Screen readers hear the sum and the largest hour instead. */
export function Sparkline({ hours }: { readonly hours: readonly number[] }): ReactNode {
  const { say, number } = useWords();
  const largest = Math.max(1, ...hours);
  const sum = hours.reduce((all, one) => all + one, 0);
  const text = say('tpTraffic', { sum: number(sum), most: number(Math.max(0, ...hours)) });
  return (
    <svg
      className="sparkline"
      role="img"
      aria-label={text}
      viewBox={`0 0 ${hours.length * 4} 20`}
      preserveAspectRatio="none"
    >
      <title>{text}</title>
      {hours.map((count, nth) => {
        const height = count === 0 ? 0.5 : Math.max(2, (count / largest) * 20);
        return <rect key={nth} x={nth * 4} y={20 - height} width={3} height={height} />;
      })}
    </svg>
  );
}
