import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { Link } from '../parts/Link.tsx';
import { List, placeIn, sortedBy } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { State } from '../parts/State.tsx';
import { useAct } from '../parts/useAct.ts';
import { addressOf, useRoute } from '../route.ts';
import { EnrolmentCode } from '../registry/EnrolmentCode.tsx';
import { hasRole, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

const kinds = {
  government: 'dk_government',
  authorised: 'dk_authorised',
  'public-service': 'dk_publicService',
  contractor: 'dk_contractor',
} as const;
/** Certificates are renewed from half of their thirty days on: below ten remaining days an operator should check. */
const few = 10;

/** Departments, and the remaining days of their certificates. */
export function DepartmentsPage(): ReactNode {
  const { say, pick, when } = useWords();
  const { session, turn } = useSession();
  const { filter } = useRoute();
  const query = { kind: filter['kind'], ...placeIn(filter) };
  const answer = useAnswer(`${JSON.stringify(query)} ${turn}`, () => get('/v1/departments', { query }));
  const { act, sending, error } = useAct();
  const [code, setCode] = useState<Schemas['EnrolmentCode']>();
  const issue = (department: string): void =>
    act(() => post('/v1/departments/{department}/enrolment-codes', {}, { at: { department } }), setCode);
  return (
    <Page
      title={say('departments')}
      lead={say('departmentsLead')}
      error={error ?? answer.error}
      cli="npx datong hub code DEPARTMENT --as operator"
    >
      {code === undefined ? null : <EnrolmentCode of={code} />}
      <div className="filters">
        <Choice
          name="kind"
          label={say('departmentKind')}
          all={say('allKinds')}
          options={(['government', 'authorised', 'public-service', 'contractor'] as const).map((value) => ({
            value,
            text: say(kinds[value]),
          }))}
        />
      </div>
      <List<Schemas['DepartmentView']>
        label={say('departments')}
        rows={answer.value?.departments}
        usualSort="code"
        keyOf={(one) => one.code}
        answer={answer}
        empty={say('departmentsEmpty')}
        page={answer.value}
        columns={[
          {
            ...sortedBy('name'),
            title: say('department'),
            render: (_, one) => <Link to={addressOf('departments', [one.code])}>{pick(one.name)}</Link>,
          },
          { ...sortedBy('code'), title: say('codeName'), render: (_, one) => <code>{one.code}</code> },
          { title: say('departmentKind'), render: (_, one) => say(kinds[one.kind]) },
          {
            title: say('certificates'),
            render: (_, { certificate }) =>
              certificate === undefined ? (
                <span className="muted">{say('noCertificates')}</span>
              ) : (
                <>
                  <State state="valid" /> <code>{certificate.serial.slice(0, 12)}…</code>
                </>
              ),
          },
          {
            title: say('daysLeft'),
            align: 'right',
            render: (_, { certificate }) => {
              if (certificate === undefined) return '—';
              const { daysLeft } = certificate;
              return daysLeft < few ? <span className="state bad">▲ {daysLeft}</span> : daysLeft;
            },
          },
          { title: say('notAfter'), render: (_, one) => when(one.certificate?.notAfter) },
          ...(hasRole(session, ['operator'])
            ? [
                {
                  title: say('actions'),
                  render: (_: unknown, one: Schemas['DepartmentView']) => (
                    <Button
                      size="small"
                      disabled={sending}
                      aria-label={`${say('issueCode')}${say('pointColon')}${pick(one.name)}`}
                      onClick={() => issue(one.code)}
                    >
                      {say('issueCode')}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
    </Page>
  );
}
