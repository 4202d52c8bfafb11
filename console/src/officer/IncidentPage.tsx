import { Button } from 'antd';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { defined } from '../../../terms/defined.ts';
import { ofBatch, releasedFields, toAuthority, toPersons } from '../../../log/incidentNotices.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { download } from '../parts/download.ts';
import { Facts } from '../parts/Facts.tsx';
import { Field, Pick } from '../parts/Field.tsx';
import { Link } from '../parts/Link.tsx';
import { List } from '../parts/List.tsx';
import { MissingNote } from '../parts/MissingNote.tsx';
import { Page } from '../parts/Page.tsx';
import { PrintButton } from '../parts/PrintButton.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, go } from '../route.ts';
import { useDraft } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import { filterOf, questionOf, untilOfLine, word } from './question.ts';

type Recipient = Schemas['Incident']['recipients'][number];
const empty = {
  from: '',
  until: '',
  reason: '',
  case: '',
  agreement: '',
  dataset: '',
  consumer: '',
  official: '',
  keyid: '',
  batch: '',
};

/** Data released by a key, under an agreement, of a dataset or to a department in a period, and the affected persons. */
export function IncidentPage(): ReactNode {
  const { say, pick, number, language } = useWords();
  const { options, name } = useDepartments();
  const { value: form, set: setForm, sent } = useDraft('incident', empty);
  const [found, setFound] = useState<Schemas['Incident'] & Omit<Schemas['IncidentQuestion'], 'batch'>>();
  const { act, sending, error } = useAct();
  const set =
    (member: keyof typeof empty) =>
    (value: string): void =>
      setForm({ [member]: value });
  const [asked, setAsked] = useState<Schemas['IncidentQuestion']>();
  const assess = (event: SyntheticEvent): void => {
    event.preventDefault();
    const given = Object.fromEntries(Object.entries(form).filter(([, value]) => value !== ''));
    const { from = '', until = '' } = questionOf({ from: form.from, until: form.until });
    const question = { ...given, from, until } as Schemas['IncidentQuestion'];
    act(
      () => post('/v1/log/incidents', question),
      (answer) => {
        sent();
        setAsked(question);
        const { batch: _, ...criteria } = question;
        setFound({ ...criteria, ...answer });
      },
    );
  };
  /** Seals the assessed question, whatever was typed since. */
  const seal = (): void => {
    if (asked === undefined) return;
    act(
      () => post('/v1/log/incidents/subjects', asked),
      ({ id }) => go(addressOf('evidence', [id])),
    );
  };
  const filters = (['keyid', 'agreement', 'dataset', 'consumer', 'official', 'batch'] as const)
    .flatMap((member) => (form[member] === '' ? [] : [` --${member} ${word(form[member])}`]))
    .join('');
  const line = `npx datong audit incident --from ${form.from || '…'} --until ${untilOfLine(form.until) || '…'}${filters} --reason … --case … -o incident --as security`;
  const suspend = [...new Set(found?.recipients.flatMap(({ agreements }) => agreements) ?? [])].sort();
  return (
    <Page
      title={say('incidents')}
      lead={say('incidentsLead')}
      error={error}
      cli={line}
      actions={found === undefined ? undefined : <PrintButton />}
    >
      <form className="card no-print" onSubmit={assess} aria-label={say('incidents')}>
        <div className="filters">
          <Field type="date" label={say('askFrom')} value={form.from} change={set('from')} required />
          <Field type="date" label={say('askUntil')} value={form.until} change={set('until')} required />
          <Field
            label={say('askReason')}
            value={form.reason}
            change={set('reason')}
            required
            least={2}
            most={200}
          />
          <Field
            label={say('incidentCase')}
            value={form.case}
            change={set('case')}
            required
            least={2}
            most={100}
          />
        </div>
        <p className="muted">{say('incidentBy')}</p>
        <div className="filters">
          <Field label={say('incidentKey')} value={form.keyid} change={set('keyid')} most={100} />
          <Field label={say('agreement')} value={form.agreement} change={set('agreement')} most={200} />
          <Field label={say('dataset')} value={form.dataset} change={set('dataset')} />
          <Pick
            label={say('consumer')}
            value={form.consumer}
            change={set('consumer')}
            none={say('allDepartments')}
            options={options}
          />
          <Field label={say('official')} value={form.official} change={set('official')} most={200} />
          <Field label={say('incidentBatch')} value={form.batch} change={set('batch')} most={36} />
        </div>
        <div className="row-form">
          <CommandLine label={say('sameByCli')} line={line} />
          <span className="grow" />
          <Button type="primary" htmlType="submit" disabled={sending}>
            {say('incidentAssess')}
          </Button>
        </div>
      </form>
      {found === undefined ? (
        <p className="muted">{say('incidentEmpty')}</p>
      ) : (
        <>
          <section className="card" role="status">
            <h2>
              {say('incidentResult', { subjects: number(found.subjects), entries: number(found.entries) })}
            </h2>
            <MissingNote of={found} />
            <Facts
              of={[
                [say('incidentCase'), found.case],
                [say('askReason'), found.reason],
                [
                  say('incidentBatch'),
                  found.batch && <span className="raw">{pick(ofBatch(found.batch))}</span>,
                ],
                [
                  say('incidentStop'),
                  suspend.length === 0 ? (
                    say('none')
                  ) : (
                    <ul className="plain" key="stop">
                      {suspend.map((id) => (
                        <li key={id}>
                          <Link to={addressOf('agreements', [id])}>{id}</Link>
                        </li>
                      ))}
                    </ul>
                  ),
                ],
              ]}
            />
            {found.subjects === 0 ? null : (
              <div className="row-form no-print">
                <span className="muted">{say('slLead')}</span>
                <span className="grow" />
                <Button disabled={sending} onClick={seal}>
                  {say('slSeal')}
                </Button>
              </div>
            )}
          </section>
          <List<Recipient>
            label={say('incidentRecipients')}
            rows={found.recipients}
            keyOf={({ department }) => department}
            answer={{ loading: false }}
            empty={say('incidentNothing')}
            columns={[
              { title: say('incidentRecipients'), render: (_, one) => name(one.department) },
              { title: say('incidentCalls'), align: 'right', render: (_, one) => number(one.calls) },
              { title: say('rowsOut'), align: 'right', render: (_, one) => number(one.rows) },
              { title: say('officials'), align: 'right', render: (_, one) => number(one.officials) },
              { title: say('cases'), align: 'right', render: (_, one) => number(one.cases) },
              {
                title: say('whichFields'),
                render: (_, one) => (
                  <span title={one.fields.join(say('pointList'))}>
                    {releasedFields(found, one.fields, language, true)}
                  </span>
                ),
              },
              {
                title: say('entry'),
                render: (_, one) => (
                  <Link
                    to={addressOf('audit', [], {
                      consumer: one.department,
                      kind: 'release',
                      decision: 'allow',
                      // of the answer: other filters may have been typed since
                      ...filterOf({ from: found.from, until: found.until }),
                      ...defined({
                        dataset: found.dataset,
                        agreement: found.agreement,
                        official: found.official,
                      }),
                    })}
                  >
                    {say('open')}
                    <span className="for-ears"> {one.department}</span>
                  </Link>
                ),
              },
            ]}
          />
          {(
            [
              ['draftAuthority', 'to-authority.md', toAuthority(found)],
              ['draftPersons', 'to-persons.md', toPersons(found)],
            ] as const
          ).map(([word, file, text]) => (
            <section className="card" key={word} aria-label={say(word)}>
              <h2>{say(word)}</h2>
              <pre tabIndex={0}>{pick(text)}</pre>
              <p className="no-print">
                <Button size="small" onClick={() => download(file, pick(text), 'text/markdown')}>
                  {say('keepFile')}
                  <span className="for-ears"> {file}</span>
                </Button>
              </p>
            </section>
          ))}
        </>
      )}
    </Page>
  );
}
