import { Button } from 'antd';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { missingAboutPerson } from '../../../log/missing.ts';
import { post, type Schemas } from '../api/call.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { download } from '../parts/download.ts';
import { Facts } from '../parts/Facts.tsx';
import { Field } from '../parts/Field.tsx';
import { Page } from '../parts/Page.tsx';
import { PresentedFields, type Presented } from '../parts/PresentedFields.tsx';
import { PrintButton } from '../parts/PrintButton.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { CounterConsents } from './CounterConsents.tsx';
import { Looks } from './Look.tsx';
import { defined } from '../../../terms/defined.ts';

type Looked = Schemas['CounterWithdrawal'];

/** The counter: a person with their document is with the clerk. Their identifier exists in this page's memory until the desk is cleared. */
export function CounterPage(): ReactNode {
  const { say, pick, when } = useWords();
  const { session } = useSession();
  const { name } = useDepartments();
  const [value, setValue] = useState('');
  const [presented, setPresented] = useState<Presented>({
    document: 'resident-id',
    presentedBy: 'self',
    application: '',
  });
  const [shown, setShown] = useState<{
    readonly of: Looked;
    readonly answer: Schemas['SignedSubjectView'];
  }>();
  const { act, sending, error } = useAct();
  const view = (of: Looked, before?: string): void =>
    act(
      () => post('/v1/subject-views/at-counter', { ...of, ...defined({ before }) }),
      (answer) => {
        setShown({ of, answer });
        setValue('');
      },
    );
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    view({ subject: { kind: 'person', value }, ...presented });
  };
  const clear = (): void => {
    setShown(undefined);
    setValue('');
    setPresented((before) => ({ ...before, application: '' }));
  };
  const subjectView = shown?.answer.view;
  return (
    <Page
      title={say('counter')}
      lead={say('counterLead')}
      error={error}
      cli="npx datong subject counter --person - --document resident-id --presented-by self --application …"
    >
      {shown === undefined ? (
        <form className="card no-print" onSubmit={submit} aria-label={say('counter')}>
          <div className="filters">
            <Field label={say('identifier')} value={value} change={setValue} required most={100} />
            <PresentedFields
              value={presented}
              change={(change) => setPresented((before) => ({ ...before, ...change }))}
            />
          </div>
          <p className="muted">{say('counterNote')}</p>
          <div className="row-form">
            <span className="grow" />
            <Button type="primary" htmlType="submit" disabled={sending}>
              {say('counterLook')}
            </Button>
          </div>
        </form>
      ) : (
        <div className="row-form no-print desk">
          <Button type="primary" onClick={clear}>
            {say('counterClear')}
          </Button>
          <PrintButton />
          <Button
            onClick={() => download(`view-${shown.answer.view.exchange}.json`, JSON.stringify(shown.answer))}
          >
            {say('keepFile')}
          </Button>
          {subjectView?.next === undefined ? null : (
            <Button disabled={sending} onClick={() => view(shown.of, subjectView.next)}>
              {say('older')}
            </Button>
          )}
        </div>
      )}
      {subjectView === undefined || shown === undefined ? (
        <p className="muted no-print">{say('counterEmpty')}</p>
      ) : (
        <>
          <section className="card" aria-label={say('looks')}>
            <h2>{say('looksTitle')}</h2>
            <Facts
              of={[
                [say('counterApplication'), shown.of.application],
                [say('askedAt'), when(subjectView.at)],
                [
                  say('counterDocument'),
                  `${say(`doc_${shown.of.document}`)}${say('pointComma')}${say(`by_${shown.of.presentedBy}`)}`,
                ],
                [
                  say('counterBy'),
                  `${session.name}${say('pointOpen')}${name(session.department)}${say('pointClose')}`,
                ],
                [say('exchangeId'), subjectView.exchange],
                [
                  say('unsearchable'),
                  subjectView.unsearchableYears === undefined
                    ? undefined
                    : subjectView.unsearchableYears.join(say('pointList')),
                ],
              ]}
            />
            {subjectView.missing === undefined ? null : (
              <p role="alert" className="loosened">
                {pick(missingAboutPerson(subjectView.missing))}
              </p>
            )}
            {subjectView.looks.length === 0 && subjectView.missing !== undefined ? null : (
              <Looks of={subjectView.looks} />
            )}
            <p className="muted">{say('looksCovered')}</p>
          </section>
          <CounterConsents
            consents={subjectView.consents}
            presented={shown.of}
            changed={() => view(shown.of)}
          />
          <section className="card" aria-label={say('counterSigned')}>
            <h2>{say('counterSigned')}</h2>
            <p>{say('counterSignedLead')}</p>
            <pre className="small" tabIndex={0}>
              {shown.answer.signature}
            </pre>
            <Facts of={[[say('salt'), shown.answer.salt]]} />
          </section>
        </>
      )}
      <CommandLine
        label={say('sameByCli')}
        line="npx datong subject counter --person - --document resident-id --presented-by self --application … --print"
      />
    </Page>
  );
}
