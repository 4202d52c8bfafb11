import { Button } from 'antd';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { post } from '../api/call.ts';
import { midnightInChina } from '../parts/chinaTime.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Field, Pick } from '../parts/Field.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';

const line =
  'npx datong subject delay --person - --department … --reference … --clause … --until … --as security';

/** Requests to hide one department's accesses from one person until a day. The identifier becomes a keyed hash and is not stored. */
export function DelayForm({ done }: { readonly done: (proposal: string) => void }): ReactNode {
  const { say } = useWords();
  const { options } = useDepartments();
  const [value, setValue] = useState('');
  const [department, setDepartment] = useDraftText('delay department');
  const [reference, setReference] = useDraftText('delay reference');
  const [clause, setClause] = useDraftText('delay clause');
  const [until, setUntil] = useDraftText('delay until');
  const { act, sending, error } = useAct();
  const ask = (event: SyntheticEvent): void => {
    event.preventDefault();
    act(
      () =>
        post('/v1/view-delays', {
          subject: { kind: 'person', value },
          department,
          reference,
          clause,
          until: midnightInChina(until),
        }),
      (answer) => {
        for (const clear of [setValue, setDepartment, setReference, setClause, setUntil]) clear('');
        done('proposal' in answer && typeof answer.proposal === 'string' ? answer.proposal : '');
      },
    );
  };
  return (
    <form className="card no-print" onSubmit={ask} aria-label={say('delayAsk')}>
      <h2>{say('delayAsk')}</h2>
      <p className="muted">{say('delayAskLead')}</p>
      <Refusal error={error} cli={line} />
      <div className="filters">
        <Field label={say('identifier')} value={value} change={setValue} required most={100} />
        <Pick
          label={say('delayOf')}
          value={department}
          change={setDepartment}
          none={say('choose')}
          options={options}
        />
        <Field
          label={say('delayReference')}
          value={reference}
          change={setReference}
          required
          least={2}
          most={200}
        />
        <Field label={say('delayClause')} value={clause} change={setClause} required most={100} />
        <Field type="date" label={say('delayUntil')} value={until} change={setUntil} required />
      </div>
      <div className="row-form">
        <CommandLine label={say('sameByCli')} line={line} />
        <span className="grow" />
        <Button type="primary" htmlType="submit" disabled={sending}>
          {say('delaySend')}
        </Button>
      </div>
    </form>
  );
}
