import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { Facts } from '../parts/Facts.tsx';
import { LabelledTable } from '../parts/LabelledTable.tsx';
import { Link } from '../parts/Link.tsx';
import { addressOf } from '../route.ts';
import { DatasetTitles } from '../parts/WithDatasets.tsx';
import { useWords } from '../words/words.ts';

type Waiver = Schemas['SchemaWaiver'];

/** The checks that a version knowingly breaks, and the stored rows that fail them: numbers and places, no values. */
export function WaiverCard({
  of,
  witnesses,
}: {
  readonly of: Waiver;
  readonly witnesses: NonNullable<Schemas['SchemaImpact']['witnesses']>;
}): ReactNode {
  const { say, number } = useWords();
  return (
    <section className="card">
      <h2>{say('wvTitle')}</h2>
      <p className="muted">{say('wvLead')}</p>
      <Facts
        of={[
          [say('whyReason'), of.reason],
          [say('wvRestores'), of.restores],
        ]}
      />
      <LabelledTable<Waiver['breaks'][number]>
        aria-label={say('wvBreaks')}
        size="small"
        pagination={false}
        rowKey={(one) => JSON.stringify(one)}
        dataSource={of.breaks}
        columns={[
          {
            title: say('scPlace'),
            render: (_, one) => <code>{one.pointer === '' ? '/' : one.pointer}</code>,
          },
          { title: say('scRule'), render: (_, one) => <code>{one.code}</code> },
          { title: say('wvAgainst'), render: (_, one) => <code>{one.against}</code> },
        ]}
      />
      {witnesses.map(({ against, witness }) => (
        <details key={against} open>
          <summary>
            {say('scWitness')}
            {say('pointOpen')}
            {say('scAgainst', { version: against })}
            {say('pointClose')}
          </summary>
          <pre tabIndex={0}>{witness}</pre>
        </details>
      ))}
      {of.evidence.length === 0 ? (
        <p>{say('wvNoRows')}</p>
      ) : (
        <LabelledTable<Waiver['evidence'][number]>
          aria-label={say('wvRows')}
          size="small"
          pagination={false}
          rowKey={({ dataset }) => dataset}
          dataSource={of.evidence}
          columns={[
            {
              title: say('dataset'),
              render: (_, { dataset }) => (
                <Link to={addressOf('datasets', [dataset])}>
                  <DatasetTitles ids={[dataset]} />
                </Link>
              ),
            },
            {
              title: say('wvLooked'),
              align: 'right',
              render: (_, one) => `${number(one.rows)}${one.whole ? '' : ' +'}`,
            },
            { title: say('wvFailing'), align: 'right', render: (_, one) => number(one.failing) },
            {
              title: say('scPlace'),
              render: (_, { problems }) =>
                problems.map((one) => (
                  <div key={`${one.pointer} ${one.rule}`}>
                    <code>
                      {one.pointer} {one.rule}
                    </code>{' '}
                    {number(one.rows)}
                  </div>
                )),
            },
          ]}
        />
      )}
    </section>
  );
}
