import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { Facts } from '../parts/Facts.tsx';
import { LabelledTable } from '../parts/LabelledTable.tsx';
import { useWords } from '../words/words.ts';

const lengths = { hour: 'pdHour', day: 'pdDay', month: 'pdMonth', year: 'pdYear' } as const;

/**
 * Periods that have rows, when the oldest is destroyed, and which were destroyed. Empty for a dataset that is not partitioned by period.
 */
export function PeriodsCard(props: { readonly detail: Schemas['DatasetDetail'] }): ReactNode {
  const { dataset, periods } = props.detail;
  const { say, day, when, number } = useWords();
  const rules = dataset.intake.periods;
  if (periods === undefined || rules === undefined) return null;
  const { there, destroyed } = periods;
  const [first] = there;
  const span =
    first === undefined
      ? say('none')
      : `${first.period} – ${there.at(-1)?.period ?? ''} (${number(there.length)})`;
  return (
    <section className="card" aria-label={say('dsPeriods')}>
      <h2>{say('dsPeriods')}</h2>
      <Facts
        of={[
          [say('pdField'), <code key="field">{rules.field}</code>],
          [say('pdEvery'), say(lengths[rules.every])],
          [say('pdRetained'), rules.keep === undefined ? say('pdAll') : number(rules.keep)],
          [say('pdThere'), span],
          [
            say('pdNext'),
            first?.goesOn === undefined ? say('none') : `${first.period}: ${day(first.goesOn)}`,
          ],
        ]}
      />
      {destroyed.length === 0 ? null : (
        <LabelledTable
          aria-label={say('pdDestroyed')}
          title={() => say('pdDestroyed')}
          size="small"
          pagination={destroyed.length > 10 ? { pageSize: 10 } : false}
          rowKey={({ exchange }) => exchange}
          dataSource={destroyed}
          columns={[
            { title: say('pdPeriod'), dataIndex: 'period' },
            { title: say('pdRows'), align: 'right', render: (_, { rows }) => number(rows) },
            { title: say('pdBatches'), align: 'right', render: (_, { batches }) => number(batches) },
            { title: say('pdAt'), render: (_, { at }) => when(at) },
            {
              title: say('pdEntry'),
              render: (_, { exchange }) => <code>{exchange}</code>,
            },
          ]}
        />
      )}
    </section>
  );
}
