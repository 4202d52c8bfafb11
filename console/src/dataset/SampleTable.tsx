import { Table } from 'antd';
import type { ReactNode } from 'react';
import { maskWords } from '../../../terms/requestForm/maskWords.ts';
import { asCall } from '../api/asCall.ts';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { labelled } from '../parts/labelled.ts';
import { Refusal } from '../parts/Refusal.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { FieldTypeText } from '../registry/FieldTypeText.tsx';
import { usePurposes } from '../requests/usePurposes.ts';
import { useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { hasTwin, TrySandbox, triesFor, type Tried } from './TrySandbox.tsx';

/** The row as a department would receive it: the user's own department, or another that they may choose. */
export function SampleTable(props: { readonly dataset: Schemas['DatasetView'] }): ReactNode {
  const { id: dataset, department } = props.dataset;
  const { say, pick } = useWords();
  const signed = useSession();
  const { session, turn } = signed;
  const { filter } = useRoute();
  const { options } = useDepartments();
  const purposes = usePurposes();
  const consumer = filter['consumer'] ?? session.department ?? '';
  const { value, error } = useAnswer(`${dataset} ${consumer} ${turn}`, () =>
    consumer === ''
      ? Promise.resolve(undefined)
      : get('/v1/datasets/{dataset}/sample', { at: { dataset }, query: { consumer } }),
  );
  const under = value?.received ?? [];
  const tries = consumer !== department && hasTwin(props.dataset) && triesFor(signed, consumer);
  return (
    <>
      <section className="card">
        <h2>{say('sampleTitle')}</h2>
        <p className="muted">{say('sampleLead')}</p>
        <div className="filters">
          <Choice name="consumer" label={say('sampleAs')} all="—" options={options} />
        </div>
        <Refusal
          error={error}
          cli={asCall('GET /v1/datasets/{dataset}/sample', { at: { dataset }, query: { consumer } })}
        />
        {value === undefined ? null : under.length === 0 ? (
          <p role="status">{say('sampleNone')}</p>
        ) : (
          under.map(({ agreement, purpose, fields }) => (
            <div key={`${agreement} ${purpose}`}>
              <p>
                {say('agreement')} <code>{agreement}</code> · {say('samplePurpose')}{' '}
                <span title={purpose}>{purposes.name(purpose)}</span>
              </p>
              <Table
                aria-label={`${say('sampleTitle')} ${agreement} ${purpose}`}
                size="small"
                pagination={false}
                rowKey={({ name }) => name}
                dataSource={value.fields}
                columns={labelled<Schemas['DatasetSample']['fields'][number]>([
                  {
                    title: say('field'),
                    render: (_, one) => <span title={one.name}>{pick(one.title)}</span>,
                  },
                  { title: say('fieldType'), render: (_, one) => <FieldTypeText of={{ type: one.type }} /> },
                  { title: say('sampleClear'), className: 'raw', render: (_, one) => one.value ?? '' },
                  {
                    title: say('sampleGets'),
                    className: 'raw',
                    render: (_, one) => {
                      const given = fields.find(({ field }) => field === one.name);
                      return given === undefined ? (
                        <span className="muted">{say('withheld')}</span>
                      ) : (
                        (given.value ?? '')
                      );
                    },
                  },
                  {
                    title: say('sampleHow'),
                    render: (_, one) => {
                      const given = fields.find(({ field }) => field === one.name);
                      return given === undefined ? (
                        '—'
                      ) : given.mask === 'clear' ? (
                        say('clearMask')
                      ) : (
                        <span title={given.mask}>{pick(maskWords[given.mask]) || given.mask}</span>
                      );
                    },
                  },
                ])}
              />
            </div>
          ))
        )}
      </section>
      {value !== undefined && tries ? (
        <TrySandbox key={consumer} department={consumer} choices={choicesIn(dataset, under)} />
      ) : null}
    </>
  );
}

/** What the department can try: each agreement in force, or what is shown to a department without one. */
const choicesIn = (dataset: string, received: Schemas['DatasetSample']['received']): readonly Tried[] =>
  received.length === 0
    ? [{ dataset }]
    : received.map(({ agreement, purpose }) => ({ dataset, agreement, purpose }));
