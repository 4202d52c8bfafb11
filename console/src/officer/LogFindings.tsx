import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Link } from '../parts/Link.tsx';
import { List, placeIn } from '../parts/List.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { addressOf, useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

const cursorName = 'findings';

type Finding = Schemas['LogFindings']['findings'][number];

/** Findings of the hub's own re-verification that are not resolved. */
export function LogFindings(): ReactNode {
  const { say, pick, number } = useWords();
  const { turn } = useSession();
  const { cursor, total } = placeIn(useRoute().filter, cursorName);
  const answer = useAnswer(`findings ${cursor} ${turn}`, () =>
    get('/v1/log/findings', { query: { cursor, total } }),
  );
  return (
    <section aria-label={say('logFindings')}>
      <h2>{say('logFindings')}</h2>
      <p className="muted">{say('logFindingsLead')}</p>
      <Refusal error={answer.error} cli={asCall('GET /v1/log/findings')} />
      <List<Finding>
        label={say('logFindings')}
        rows={answer.value?.findings}
        keyOf={({ code, index, about }) => `${code} ${index ?? ''} ${about ?? ''}`}
        answer={answer}
        empty={say('logFindingsEmpty')}
        page={answer.value}
        cursorName={cursorName}
        columns={[
          { title: say('reason'), render: (_, one) => <code>{one.code}</code> },
          { title: say('riskWhat'), render: (_, one) => pick(one.message) },
          {
            title: say('entry'),
            render: (_, { index }) =>
              index === undefined ? (
                '—'
              ) : (
                <Link to={addressOf('audit', [String(index)])}>{number(index)}</Link>
              ),
          },
        ]}
      />
      <CommandLine label={say('logVerifySelf')} line="npx datong audit verify --as auditor" />
    </section>
  );
}
