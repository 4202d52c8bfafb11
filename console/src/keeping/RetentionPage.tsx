import { Empty } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Facts } from '../parts/Facts.tsx';
import { Field, Pick } from '../parts/Field.tsx';
import { LabelledTable } from '../parts/LabelledTable.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { Person } from '../parts/Person.tsx';
import { addressOf } from '../route.ts';
import { hasOffice, useSession } from '../session.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { DatasetTitles } from '../parts/WithDatasets.tsx';
import { useWords } from '../words/words.ts';
import { midnightInChina } from '../parts/chinaTime.ts';
import { ProposalForm } from '../parts/ProposalForm.tsx';
import { Waiting, useWaiting } from './Waiting.tsx';

type Retention = Schemas['Retention'];

/** How long log entries are stored, which were destroyed, and the settings that two persons may change. */
export function RetentionPage(): ReactNode {
  const { say, when, number } = useWords();
  const { session, turn } = useSession();
  const answer = useAnswer(`retention ${turn}`, () => get('/v1/log/retention'));
  const waiting = useWaiting(['RetentionRule', 'Destruction']);
  const retention = answer.value;
  return (
    <Page
      title={say('retention')}
      lead={say('rtKeepLead')}
      error={answer.error ?? waiting.error}
      cli="npx datong audit retention"
      actions={
        hasOffice(session, ['auditor']) ? (
          <Link to={addressOf('retention', ['destroyed'])}>{say('rtToDestroyed')}</Link>
        ) : null
      }
    >
      {retention === undefined ? null : (
        <section className="card">
          <Facts
            of={[
              [say('rtLeast'), say('rtYearsN', { n: retention.leastYears })],
              [
                say('rtBefore'),
                retention.before === undefined ? say('rtNotRequested') : when(retention.before),
              ],
              [say('rtDestroyed'), number(retention.destroyed)],
            ]}
          />
          <Rules of={retention.rules} />
          <p className="muted">{say('rtClassNote')}</p>
        </section>
      )}
      <Waiting of={waiting.value} />
      {retention !== undefined && hasOffice(session, ['steward', 'security']) ? (
        <>
          <RuleForm least={retention.leastYears} done={waiting.again} />
          <OrderForm done={waiting.again} />
        </>
      ) : null}
    </Page>
  );
}

function Rules({ of }: { readonly of: Retention['rules'] }): ReactNode {
  const { say } = useWords();
  return (
    <LabelledTable<Retention['rules'][number]>
      aria-label={say('rtRules')}
      size="small"
      pagination={false}
      rowKey={(one) => `${one.class} ${one.dataset ?? ''}`}
      dataSource={of}
      locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('rtRulesEmpty')} /> }}
      columns={[
        { title: say('rtClass'), render: (_, one) => say(`rt_${one.class}`) },
        {
          title: say('dataset'),
          render: (_, one) =>
            one.dataset === undefined ? say('rtEvery') : <DatasetTitles ids={[one.dataset]} />,
        },
        {
          title: say('rtYears'),
          render: (_, one) =>
            one.doubted === true ? (
              <span className="state bad">{say('rtDoubted')}</span>
            ) : one.years === undefined ? (
              say('rtForEver')
            ) : (
              say('rtYearsN', { n: one.years })
            ),
        },
        { title: say('hdReason'), render: (_, one) => one.reason },
        { title: say('author'), render: (_, one) => <Person id={one.author} name={one.authorName} /> },
        { title: say('approver'), render: (_, one) => <Person id={one.approver} name={one.approverName} /> },
      ]}
    />
  );
}

function RuleForm({ least, done }: { readonly least: number; readonly done: () => void }): ReactNode {
  const { say } = useWords();
  const [of, setOf] = useState<'exchange' | 'reading'>('exchange');
  const [dataset, setDataset] = useDraftText('retention rule dataset');
  const [years, setYears] = useDraftText('retention rule years');
  const [reason, setReason] = useDraftText('retention rule reason');
  return (
    <ProposalForm
      title={say('rtSet')}
      lead={say('rtSetLead')}
      command="npx datong audit retention --class … --years … --reason …"
      submitLabel={say('rtSetSend')}
      propose={(key) =>
        post(
          '/v1/log/retention',
          {
            class: of,
            reason,
            ...(dataset === '' ? {} : { dataset }),
            ...(years === '' ? {} : { years: Number(years) }),
          },
          { key },
        )
      }
      onProposed={() => {
        for (const clear of [setDataset, setYears, setReason]) clear('');
        done();
      }}
    >
      <Pick
        label={say('rtClass')}
        value={of}
        change={(to) => setOf(to === 'reading' ? to : 'exchange')}
        options={(['exchange', 'reading'] as const).map((value) => ({ value, text: say(`rt_${value}`) }))}
      />
      <Field label={say('rtDataset')} value={dataset} change={setDataset} most={100} />
      <Field label={say('rtYearsField', { n: least })} value={years} change={setYears} most={3} />
      <Field label={say('hdReason')} value={reason} change={setReason} required least={2} most={200} wide />
    </ProposalForm>
  );
}

function OrderForm({ done }: { readonly done: () => void }): ReactNode {
  const { say } = useWords();
  const [before, setBefore] = useDraftText('destruction before');
  const [caseNumber, setCase] = useDraftText('destruction case');
  const [reason, setReason] = useDraftText('destruction reason');
  return (
    <ProposalForm
      title={say('rtOrder')}
      lead={say('rtOrderLead')}
      command="npx datong audit destroy --before … --reason … --case …"
      submitLabel={say('rtOrderSend')}
      propose={(key) =>
        post('/v1/log/destructions', { before: midnightInChina(before), reason, case: caseNumber }, { key })
      }
      onProposed={() => {
        for (const clear of [setBefore, setCase, setReason]) clear('');
        done();
      }}
    >
      <Field type="date" label={say('rtOrderBefore')} value={before} change={setBefore} required />
      <Field label={say('hdCase')} value={caseNumber} change={setCase} required most={100} />
      <Field label={say('hdReason')} value={reason} change={setReason} required least={2} most={200} wide />
    </ProposalForm>
  );
}
