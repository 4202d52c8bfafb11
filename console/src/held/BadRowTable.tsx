import type { ReactNode } from 'react';
import { cellsOf } from '../../../terms/badRowsFile.ts';
import { useWords } from '../words/words.ts';
import type { FailedRow } from './quarantine.ts';
import { LabelledTable } from '../parts/LabelledTable.tsx';

/** Failed rows under the sender's columns; wrong cells are marked in words and by colour. */
export function BadRowTable(props: {
  readonly rows: readonly FailedRow[];
  readonly columns: readonly string[];
  readonly changed: ReadonlyMap<number, readonly string[]>;
  /** absent: read-only */
  readonly change: ((nth: number, cells: readonly string[]) => void) | undefined;
}): ReactNode {
  const { rows, columns, changed, change } = props;
  const { say, pick, number } = useWords();
  const shown = ({ nth, raw }: FailedRow): readonly string[] =>
    changed.get(nth) ?? cellsOf(raw, columns.length);
  const wrongIn = ({ problems }: FailedRow, index: number): boolean =>
    problems.some(
      ({ column, header }) => column === index + 1 || (column === 0 && header === columns[index]),
    );
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={say('heldRows')}>
      <LabelledTable<FailedRow>
        aria-label={say('heldRows')}
        size="small"
        pagination={false}
        rowKey={({ nth }) => nth}
        dataSource={[...rows]}
        columns={[
          { title: say('line'), align: 'right', render: (_, { line }) => number(line) },
          {
            title: say('wrong'),
            render: (_, { problems }) => (
              <ul className="problems">
                {problems.map(({ header, rule, message }, at) => (
                  <li key={at}>
                    {header === '' ? '' : `${header}${say('pointColon')}`}
                    {pick(message)} <code>{rule}</code>
                  </li>
                ))}
              </ul>
            ),
          },
          ...columns.map((title, index) => ({
            key: `column ${index}`,
            className: 'raw',
            title,
            render: (_: unknown, row: FailedRow) => {
              const cells = shown(row);
              const wrong = wrongIn(row, index);
              if (change === undefined)
                return <span className={wrong ? 'loosened' : undefined}>{cells[index] ?? ''}</span>;
              return (
                <>
                  <input
                    className={wrong ? 'cell wrong' : 'cell'}
                    aria-label={`${say('line')} ${row.line} ${title}`}
                    aria-invalid={wrong}
                    value={cells[index] ?? ''}
                    size={Math.min(24, Math.max(6, (cells[index] ?? '').length + 2))}
                    onChange={({ target }) =>
                      change(
                        row.nth,
                        cells.map((cell, at) => (at === index ? target.value : cell)),
                      )
                    }
                  />
                  {/* a field cuts its text off, paper does not */}
                  <span className={wrong ? 'cell-on-paper loosened' : 'cell-on-paper'}>
                    {cells[index] ?? ''}
                  </span>
                </>
              );
            },
          })),
        ]}
      />
    </div>
  );
}
