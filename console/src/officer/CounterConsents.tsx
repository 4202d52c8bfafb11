import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { post, type Schemas } from '../api/call.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { List } from '../parts/List.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { State } from '../parts/State.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { DatasetTitles } from '../parts/WithDatasets.tsx';
import { useWords } from '../words/words.ts';

/** The person's consents, and a way to withdraw one. Consents are given through the department that signs them, never on this page. */
export function CounterConsents(props: {
  readonly consents: readonly Schemas['ConsentView'][];
  /** whose, as the clerk entered it */
  readonly presented: Schemas['CounterWithdrawal'];
  readonly changed: () => void;
}): ReactNode {
  const { say, when } = useWords();
  const { name } = useDepartments();
  const [sure, setSure] = useState<string>();
  const { act, sending, error } = useAct();
  const provenHow = ({ assurance }: Schemas['ConsentView']): string =>
    assurance === undefined ? '' : say(assurance === 'high' ? 'provenHigh' : 'provenSubstantial');
  const withdraw = (consent: string): void =>
    act(
      () => post('/v1/consents/{consent}/withdrawal/at-counter', props.presented, { at: { consent } }),
      () => {
        setSure(undefined);
        props.changed();
      },
    );
  return (
    <section className="card" aria-label={say('consents')}>
      <h2>{say('consents')}</h2>
      <Refusal
        error={error}
        cli={asCall(
          'POST /v1/consents/{consent}/withdrawal/at-counter',
          { at: { consent: sure ?? '' } },
          { ...props.presented, person: '…' },
        )}
      />
      <List<Schemas['ConsentView']>
        label={say('consents')}
        rows={props.consents}
        keyOf={({ id }) => id}
        answer={{ loading: false }}
        empty={say('consentsEmpty')}
        columns={[
          {
            title: say('givenAt'),
            render: (_, one) => [when(one.givenAt), provenHow(one)].filter(Boolean).join(' · '),
          },
          { title: say('consumer'), render: (_, one) => name(one.recipient) },
          { title: say('dataset'), render: (_, one) => <DatasetTitles ids={[one.dataset]} /> },
          { title: say('samplePurpose'), render: (_, one) => one.purposes.join(say('pointList')) },
          { title: say('fields'), render: (_, one) => one.fields.join(say('pointList')) },
          { title: say('validUntil'), render: (_, one) => when(one.expires) },
          { title: say('pcRetention'), render: (_, one) => one.retention ?? '' },
          { title: say('state'), render: (_, one) => <State state={one.state} /> },
          {
            title: say('actions'),
            render: (_, one) =>
              one.state !== 'given' ? null : sure === one.id ? (
                <>
                  <Button
                    size="small"
                    danger
                    disabled={sending}
                    // the second click of a double click on the first button confirms nothing
                    onClick={({ detail }) => (detail > 1 ? undefined : withdraw(one.id))}
                  >
                    {say('withdrawSure')}
                  </Button>{' '}
                  <Button size="small" onClick={() => setSure(undefined)}>
                    {say('back')}
                  </Button>
                </>
              ) : (
                <Button
                  size="small"
                  aria-label={`${say('withdraw')} ${one.dataset} ${one.id}`}
                  onClick={() => setSure(one.id)}
                >
                  {say('withdraw')}
                </Button>
              ),
          },
        ]}
      />
      <p className="muted no-print">{say('consentGiveLead')}</p>
      <CommandLine
        label={say('consentGive')}
        line="npx datong consent give --id … --person … --recipient … --dataset … --purpose … --fields … --notice … --until … --keep … --method counter"
      />
    </section>
  );
}
