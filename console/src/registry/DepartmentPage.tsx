import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Facts } from '../parts/Facts.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasRole, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { CertificateList } from './CertificateList.tsx';
import { EnrolmentCode } from './EnrolmentCode.tsx';
import { KeyList } from './KeyList.tsx';

/** One department: its certificates with their remaining days, keys that wait for confirmation, and a code for a new machine. */
export function DepartmentPage(): ReactNode {
  const { say, pick } = useWords();
  const { session, turn } = useSession();
  const { all, name } = useDepartments();
  const { what } = useRoute();
  const [code = ''] = what;
  const department = all.find((one) => one.code === code);
  const inbox = useAnswer(`keys ${turn}`, () =>
    everyPage(
      (cursor) => get('/v1/inbox', { query: { kind: 'keys', limit: '200', cursor } }),
      ({ keys }) => keys,
    ),
  );
  const doing = useAct();
  const [issued, setIssued] = useState<Schemas['EnrolmentCode']>();
  return (
    <Page
      title={department === undefined ? code : pick(department.name)}
      error={doing.error ?? inbox.error}
      cli={`npx datong hub code ${code} --as operator`}
      actions={<Link to={addressOf('departments')}>{say('back')}</Link>}
    >
      <section className="card">
        <Facts
          of={[
            [say('codeName'), <code key="code">{code}</code>],
            [say('level'), department?.level],
            [say('dpParent'), department?.parent === undefined ? undefined : name(department.parent)],
          ]}
        />
        {hasRole(session, ['operator']) ? (
          <div className="no-print">
            <Button
              disabled={doing.sending}
              onClick={() =>
                doing.act(
                  () =>
                    post('/v1/departments/{department}/enrolment-codes', {}, { at: { department: code } }),
                  setIssued,
                )
              }
            >
              {say('issueCode')}
            </Button>
          </div>
        ) : null}
      </section>
      {issued === undefined ? null : <EnrolmentCode of={issued} />}
      <KeyList
        keys={inbox.value?.filter((one) => one.department === code)}
        doing={doing}
        again={inbox.again}
      />
      <CertificateList department={code} doing={doing} />
    </Page>
  );
}
