import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Link } from '../parts/Link.tsx';
import { List } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { State } from '../parts/State.tsx';
import { addressOf, useRoute } from '../route.ts';
import { hasRole, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

const day = 86_400_000;
const kinds = {
  government: 'dk_government',
  authorised: 'dk_authorised',
  'public-service': 'dk_publicService',
  contractor: 'dk_contractor',
} as const;
/** Certificates are renewed from half of their thirty days on: what is left below ten wants looking at. */
const few = 10;

/** Departments, and how long their certificates last. */
export function DepartmentsPage(): ReactNode {
  const { say, pick, when } = useWords();
  const { session, turn } = useSession();
  const { filter } = useRoute();
  const { kind = '', cursor = '' } = filter;
  const answer = useAnswer(`${kind} ${cursor} ${turn}`, () =>
    get('/v1/departments', { query: { kind, cursor } }),
  );
  const certificates = useAnswer(`certificates ${turn}`, () =>
    get('/v1/certificates', { query: { state: 'valid', limit: '200' } }),
  );
  const [refused, setRefused] = useState<unknown>();
  const [code, setCode] = useState<{ readonly department: string; readonly code: string }>();
  const newest = (department: string): Schemas['CertificateView'] | undefined =>
    certificates.value?.certificates
      .filter((one) => one.department === department && one.state === 'valid')
      .sort((one, other) => other.notAfter.localeCompare(one.notAfter))[0];
  const issue = (department: string): void => {
    setRefused(undefined);
    post('/v1/departments/{department}/enrolment-codes', {}, { at: { department } }).then(
      (issued) => setCode({ department, code: issued.code }),
      setRefused,
    );
  };
  return (
    <Page
      title={say('departments')}
      lead={say('departmentsLead')}
      error={refused ?? answer.error ?? certificates.error}
      cli="npx datong admin code DEPARTMENT --as operator"
    >
      {code === undefined ? null : (
        <section className="card" role="status">
          <h2>
            {say('issuedCode')}：{code.department}
          </h2>
          <CommandLine
            label={say('enrolLine')}
            line={`npx datong enrol ${code.code} --hub https://HUB:8444 --pin sha256:…`}
          />
        </section>
      )}
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
        keyOf={(one) => one.code}
        answer={answer}
        empty={say('departmentsEmpty')}
        nextCursor={answer.value?.nextCursor}
        columns={[
          {
            title: say('department'),
            render: (_, one) => <Link to={addressOf('departments', [one.code])}>{pick(one.name)}</Link>,
          },
          { title: say('codeName'), render: (_, one) => <code>{one.code}</code> },
          { title: say('departmentKind'), render: (_, one) => say(kinds[one.kind]) },
          {
            title: say('certificates'),
            render: (_, one) => {
              const found = newest(one.code);
              return found === undefined ? (
                <span className="muted">{say('noCertificates')}</span>
              ) : (
                <>
                  <State state={found.state} /> <code>{found.serial.slice(0, 12)}…</code>
                </>
              );
            },
          },
          {
            title: say('daysLeft'),
            align: 'right',
            render: (_, one) => {
              const found = newest(one.code);
              if (found === undefined) return '—';
              const left = Math.floor((Date.parse(found.notAfter) - Date.now()) / day);
              return left < few ? <span className="state bad">▲ {left}</span> : left;
            },
          },
          { title: say('notAfter'), render: (_, one) => when(newest(one.code)?.notAfter) },
          ...(hasRole(session, ['operator'])
            ? [
                {
                  title: say('actions'),
                  render: (_: unknown, one: Schemas['DepartmentView']) => (
                    <Button
                      size="small"
                      aria-label={`${say('issueCode')}：${pick(one.name)}`}
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
