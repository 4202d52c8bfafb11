import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { Select } from '../parts/Select.tsx';
import { TextField } from '../parts/TextField.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import type { Act } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { usePurposes } from '../requests/usePurposes.ts';
import { hasRoleAt, hasRoleFor, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import type { OpenEvent } from './OwedSteps.tsx';
import { acknowledging, grades } from './planDraft.ts';

type Grade = Schemas['EventGrade'];
type Closing = Schemas['EventClosing'];

const closingCodes = [
  'ended',
  'false-alarm',
  'duplicate',
  'exercise',
  'other',
] as const satisfies readonly Closing['code'][];

interface Acting {
  readonly view: OpenEvent;
  readonly doing: Act;
  readonly done: () => void;
}

/** What the person may do about an open event: acknowledge it for a department, or close it. The hub decides by the plan. */
export function OpenEventActs({ view, doing, done }: Acting): ReactNode {
  const { say } = useWords();
  const { session } = useSession();
  const { all } = useDepartments();
  if (view.state !== 'open') return null;
  // roles at the department that is the data office are roles of the data office
  const holds = (code: string): boolean =>
    hasRoleAt(session, acknowledging, code) ||
    (all.some((one) => one.code === code && one.dataOffice) && hasRoleAt(session, acknowledging, undefined));
  const owing = [
    ...new Set(view.steps.filter((one) => one.answeredAt === undefined).map((one) => one.department)),
  ].filter(holds);
  const mayClose = hasRoleFor(session, ['steward', 'security'], view.department);
  if (owing.length === 0 && !mayClose) return null;
  return (
    <section className="card no-print" aria-label={say('rqAct')}>
      <h2>{say('rqAct')}</h2>
      {owing.map((department) => (
        <Acknowledge key={department} {...{ view, doing, done, department }} />
      ))}
      {mayClose ? <CloseEvent {...{ view, doing, done }} /> : null}
    </section>
  );
}

function Acknowledge(props: Acting & { readonly department: string }): ReactNode {
  const { view, doing, done, department } = props;
  const { say } = useWords();
  const { name } = useDepartments();
  const owed = view.steps.filter((one) => one.department === department && one.answeredAt === undefined);
  const given = view.acknowledgements
    .filter((one) => one.department === department)
    .reduce((highest, one) => Math.max(highest, grades.indexOf(one.grade)), -1);
  const open = grades.slice(given + 1);
  const usual = open.find((grade) => owed.some((one) => one.grade === grade)) ?? open[0];
  const [chosen, setChosen] = useState<Grade>();
  const grade = chosen !== undefined && open.includes(chosen) ? chosen : usual;
  if (grade === undefined) return null;
  return (
    <form
      className="row-form"
      aria-label={say('oeAcknowledgeAs', { who: name(department) })}
      onSubmit={(event) => {
        event.preventDefault();
        doing.act(
          () =>
            post(
              '/v1/open-events/{event}/acknowledgements',
              { grade, department },
              { at: { event: view.event } },
            ),
          done,
        );
      }}
    >
      <Select
        label={say('oeAcknowledgeAs', { who: name(department) })}
        value={grade}
        set={(to) => setChosen(grades.find((one) => one === to))}
        options={open.map((value) => ({ value, text: say(`gr_${value}`) }))}
      />
      <Button type="primary" htmlType="submit" disabled={doing.sending}>
        {say('oeAcknowledge')}
      </Button>
    </form>
  );
}

function CloseEvent({ view, doing, done }: Acting): ReactNode {
  const { say } = useWords();
  const purposes = usePurposes();
  const [code, setCode] = useState<Closing['code']>('ended');
  const [reason, setReason] = useState('');
  const n = view.steps.filter((one) => one.answeredAt === undefined).length;
  return (
    <div className="row-form" role="group" aria-label={say('oeClose')}>
      <Select
        label={say('oeClosingCode')}
        value={code}
        set={(to) => setCode(closingCodes.find((one) => one === to) ?? code)}
        options={closingCodes.map((value) => ({ value, text: say(`oeClosing_${value}`) }))}
      />
      <TextField label={say('oeClosingReason')} maxLength={200} value={reason} set={setReason} />
      <TwoSteps
        danger
        label={say('oeClose')}
        sure={
          view.purpose === undefined
            ? say('oeCloseSure', { n })
            : say('oeCloseSurePurpose', { n, purpose: purposes.name(view.purpose) })
        }
        disabled={doing.sending || reason.trim().length < 2}
        act={() =>
          doing.act(
            () =>
              post(
                '/v1/open-events/{event}/closure',
                { code, reason: reason.trim() },
                { at: { event: view.event } },
              ),
            done,
          )
        }
      />
    </div>
  );
}
