import { Alert } from 'antd';
import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { OverdueCard } from '../board/OverdueCard.tsx';
import { Link } from '../parts/Link.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { addressOf } from '../route.ts';
import { hasOffice, hasRole, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

/** What comes before the pending items: to the data office what its own verification found, to leaders the overdue items. */
export function HomeNotes(): ReactNode {
  const { session } = useSession();
  return (
    <>
      {hasOffice(session, ['security', 'auditor']) ? <FoundNote /> : null}
      {hasRole(session, ['leader']) ? <OverdueCard /> : null}
    </>
  );
}

/** The number of open findings about the log, and about rows that were changed past the hub; nothing where there are none, the refusal where they cannot be read. */
function FoundNote(): ReactNode {
  const { say, number } = useWords();
  const { turn } = useSession();
  const answer = useAnswer(`found ${turn}`, async () => {
    const [log, rows] = await Promise.all(
      (['log', 'rows'] as const).map(async (concerning) => {
        const { total } = await get('/v1/log/findings', { query: { concerning, limit: '1', total: 'true' } });
        return total?.count ?? 0;
      }),
    );
    return { log: log ?? 0, rows: rows ?? 0 };
  });
  const found = answer.value;
  if (found === undefined) return <Refusal error={answer.error} cli={asCall('GET /v1/log/findings')} />;
  return (
    <>
      {found.log === 0 ? null : (
        <Found
          sentence={say('hmFoundLog', { n: number(found.log) })}
          page="risks"
          title={say('logFindings')}
        />
      )}
      {found.rows === 0 ? null : (
        <Found
          sentence={say('hmFoundRows', { n: number(found.rows) })}
          page="altered"
          title={say('altered')}
        />
      )}
    </>
  );
}

/** A number of findings, and the page that lists them. */
const Found = (props: {
  readonly sentence: string;
  readonly page: string;
  readonly title: string;
}): ReactNode => (
  <Alert
    className="gap"
    role="alert"
    type="error"
    showIcon
    title={
      <>
        {props.sentence} <Link to={addressOf(props.page)}>{props.title}</Link>
      </>
    }
  />
);
