import { useEffect, useRef, type ReactNode } from 'react';
import { useWords } from '../../words/words.ts';
import type { Series } from './series.ts';

/**
 * A chart of numbers that a table next to it contains too, so screen readers skip the chart. Its code is loaded with the first chart.
 * @param at places of the axis, in their order
 * @param number formats a value; default: the number format of the locale
 */
export function Chart(props: {
  readonly kind: 'bars' | 'lines';
  readonly at: readonly string[];
  readonly series: readonly Series[];
  readonly number?: (value: number) => string;
}): ReactNode {
  const { kind, at, series } = props;
  const { number: usual } = useWords();
  const number = props.number ?? usual;
  const place = useRef<HTMLDivElement>(null);
  // drawn again when its content changes, not with every render of the page
  const shown = JSON.stringify([kind, at, series, number(0.5)]);
  useEffect(() => {
    let gone = false;
    let end = (): void => undefined;
    void import('./draw.ts').then(({ draw }) => {
      if (gone || place.current === null) return;
      const chart = draw(place.current, kind, at, series, number);
      const fit = (): void => chart.resize();
      window.addEventListener('resize', fit);
      end = () => {
        window.removeEventListener('resize', fit);
        chart.dispose();
      };
    });
    return () => {
      gone = true;
      end();
    };
  }, [shown]);
  return <div ref={place} className="chart" aria-hidden="true" />;
}
