import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Field } from '../parts/Field.tsx';
import { LabelledTable } from '../parts/LabelledTable.tsx';
import { Page } from '../parts/Page.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { stewardDepartments, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { DeadReminders } from './DeadReminders.tsx';

type Address = Schemas['ReminderAddress'];
/** omitted addresses are removed */
type Ways = Schemas['DepartmentReminders'];

/** The person's reminder addresses, and the departments of which they are a steward. An address is never shown again, only its location. */
export function RemindersPage(): ReactNode {
  const { say, when, number } = useWords();
  const { session, turn } = useSession();
  const { name } = useDepartments();
  const answer = useAnswer(`reminders ${turn}`, () => get('/v1/reminders'));
  const departments = [...new Set(stewardDepartments(session))];
  const addresses = answer.value?.addresses;
  return (
    <Page
      title={say('reminders')}
      lead={say('rmLead')}
      error={answer.error}
      cli="npx datong review reminder list"
    >
      {addresses?.length === 0 ? (
        <p role="status">{say('rmEmpty')}</p>
      ) : (
        <LabelledTable<Address>
          aria-label={say('reminders')}
          size="middle"
          pagination={false}
          loading={addresses === undefined && answer.loading}
          rowKey={(one) => `${one.department ?? ''} ${one.way}`}
          dataSource={addresses ?? []}
          columns={[
            {
              title: say('rmWhose'),
              render: (_, { department }) => (department === undefined ? say('rmOwn') : name(department)),
            },
            { title: say('rmWay'), render: (_, one) => say(`rm_${one.way}`) },
            { title: say('rmHost'), render: (_, one) => <code>{one.host}</code> },
            { title: say('rmSetAt'), render: (_, one) => when(one.setAt) },
            { title: say('rmLast'), render: (_, one) => <Last of={one} /> },
            { title: say('rmDeadCount'), render: (_, one) => number(one.deadLetters) },
          ]}
        />
      )}
      <DeadReminders departments={departments} done={answer.again} />
      <OwnForm
        set={addresses?.some(({ department }) => department === undefined) ?? false}
        again={answer.again}
      />
      {departments.map((department) => (
        <DepartmentForm
          key={department}
          department={department}
          set={addresses?.some((one) => one.department === department) ?? false}
          again={answer.again}
        />
      ))}
    </Page>
  );
}

/** Whether its server took the newest reminder. */
function Last({ of }: { readonly of: Address }): ReactNode {
  const { say, when } = useWords();
  if (of.trouble !== undefined)
    return (
      <>
        <span className="state bad">
          {of.status === undefined ? of.trouble : `${of.trouble} ${of.status}`}
        </span>
        {of.nextAttempt === undefined ? null : <> {say('rmNextAttempt', { when: when(of.nextAttempt) })}</>}
      </>
    );
  if (of.underWaySince !== undefined) return say('rmUnderWay', { when: when(of.underWaySince) });
  return of.lastTaken === undefined ? say('rmNever') : when(of.lastTaken);
}

/** The person's own mail address: only they can set it. */
function OwnForm({ set, again }: { readonly set: boolean; readonly again: () => void }): ReactNode {
  const { say } = useWords();
  const [mail, setMail] = useState('');
  const send = ({ mail: to }: Ways, key: string): Promise<unknown> =>
    post('/v1/reminders', to === undefined ? {} : { mail: to }, { key });
  return (
    <AddressForm title={say('rmMine')} set={set} send={() => ({ mail })} post={send} again={again}>
      <Field label={say('rmMail')} value={mail} change={setMail} required most={254} wide />
    </AddressForm>
  );
}

/** Addresses of a department: omitted ones are removed. */
function DepartmentForm(props: {
  readonly department: string;
  readonly set: boolean;
  readonly again: () => void;
}): ReactNode {
  const { department, set, again } = props;
  const { say } = useWords();
  const { name } = useDepartments();
  const [mail, setMail] = useState('');
  const [webhook, setWebhook] = useState('');
  const send = (body: Ways, key: string): Promise<unknown> =>
    post('/v1/departments/{department}/reminders', body, { at: { department }, key });
  return (
    <AddressForm
      title={say('rmDepartment', { name: name(department) })}
      note={say('rmLeftOut')}
      set={set}
      send={() => ({ ...(mail === '' ? {} : { mail }), ...(webhook === '' ? {} : { webhook }) })}
      post={send}
      again={again}
    >
      <Field label={say('rmMail')} value={mail} change={setMail} most={254} wide />
      <Field label={say('rmWebhook')} value={webhook} change={setWebhook} most={500} wide />
    </AddressForm>
  );
}

function AddressForm(props: {
  readonly title: string;
  readonly note?: string;
  /** whether there is one to end */
  readonly set: boolean;
  readonly send: () => Ways;
  readonly post: (body: Ways, key: string) => Promise<unknown>;
  readonly again: () => void;
  readonly children: ReactNode;
}): ReactNode {
  const { title, note, set, send, post: posted, again, children } = props;
  const { say } = useWords();
  const { act, sending, error } = useAct();
  const [done, setDone] = useState<'rmSet' | 'rmEnded'>();
  const doing = (body: Ways, word: 'rmSet' | 'rmEnded'): void => {
    setDone(undefined);
    act(
      (key) => posted(body, key),
      () => {
        setDone(word);
        again();
      },
    );
  };
  return (
    <form
      className="card"
      aria-label={title}
      onSubmit={(event) => {
        event.preventDefault();
        const body = send();
        // leaving out everything would end it: that has a button of its own
        if (Object.keys(body).length > 0) doing(body, 'rmSet');
      }}
    >
      <h2>{title}</h2>
      {note === undefined ? null : <p className="muted">{note}</p>}
      <Refusal error={error} cli="npx datong review reminder --help" />
      {done === undefined ? null : <p role="status">{say(done)}</p>}
      <div className="filters">{children}</div>
      <div className="row-form">
        <Button type="primary" htmlType="submit" disabled={sending}>
          {say('rmSend')}
        </Button>
        {set ? (
          <TwoSteps
            danger
            label={say('rmEnd')}
            sure={say('rmEndSure')}
            disabled={sending}
            act={() => doing({}, 'rmEnded')}
          />
        ) : null}
      </div>
    </form>
  );
}
