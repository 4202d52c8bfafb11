import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { Link } from '../parts/Link.tsx';
import { List } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { State } from '../parts/State.tsx';
import { addressOf, go, useRoute } from '../route.ts';
import { hasOffice, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { EvidenceForm } from './EvidenceForm.tsx';
import { datasetsIn, questionFacts } from './questionWords.ts';
import { useStoryNames } from './useStoryNames.ts';

/** Requests for evidence: made by one person; where they are about a person, released by another. */
export function EvidencePage(): ReactNode {
  const words = useWords();
  const { say, when } = words;
  const { session, turn } = useSession();
  const { filter } = useRoute();
  const { state = '', cursor = '', ask = '' } = filter;
  const answer = useAnswer(`${state} ${cursor} ${turn}`, () =>
    get('/v1/log/evidence', { query: { state, cursor } }),
  );
  const questions = answer.value?.evidence.map(({ question }) => question) ?? [];
  const names = useStoryNames([], { datasets: questions.flatMap((one) => datasetsIn(one)) });
  const mayAsk = hasOffice(session, ['auditor']);
  return (
    <Page
      title={say('evidence')}
      lead={say('evidenceLead')}
      error={answer.error}
      cli={asCall('GET /v1/log/evidence', { query: { state, cursor } })}
      actions={mayAsk && ask === '' ? <Link to={addressOf('audit')}>{say('evidenceFrom')}</Link> : undefined}
    >
      {mayAsk && ask === '1' ? <EvidenceForm done={({ id }) => go(addressOf('evidence', [id]))} /> : null}
      <div className="filters">
        <Choice
          name="state"
          label={say('state')}
          all={say('allStates')}
          options={(['waiting', 'released', 'refused'] as const).map((value) => ({
            value,
            text: say(`st_${value}`),
          }))}
        />
      </div>
      <List<Schemas['EvidenceRequested']>
        label={say('evidence')}
        rows={answer.value?.evidence}
        keyOf={({ id }) => id}
        answer={answer}
        empty={say('evidenceEmpty')}
        page={answer.value}
        columns={[
          { title: say('askedAt'), render: (_, one) => when(one.askedAt) },
          { title: say('askCase'), render: (_, one) => one.case },
          { title: say('askReason'), render: (_, one) => one.reason },
          {
            title: say('aboutPerson'),
            render: (_, one) => say(one.list === undefined ? (one.subject ? 'yes' : 'no') : 'slTitle'),
          },
          {
            title: say('evQuestion'),
            render: (_, one) =>
              one.question === undefined
                ? '—'
                : questionFacts(one.question, words, names).map(([label, text]) => (
                    <div key={label}>
                      {label}
                      {say('pointColon')}
                      {text}
                    </div>
                  )),
          },
          {
            title: say('askedBy'),
            render: (_, one) => <span title={one.askedBy}>{one.askedByName ?? one.askedBy}</span>,
          },
          { title: say('state'), render: (_, one) => <State state={one.state} /> },
          {
            title: say('actions'),
            render: (_, one) => (
              <Link to={addressOf('evidence', [one.id])}>
                {say('open')}
                <span className="for-ears"> {one.case}</span>
              </Link>
            ),
          },
        ]}
      />
    </Page>
  );
}
