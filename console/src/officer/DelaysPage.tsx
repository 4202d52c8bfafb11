import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { waitingProposals } from '../keeping/Waiting.tsx';
import { useAnswer } from '../api/useAnswer.ts';
import { Field } from '../parts/Field.tsx';
import { List, placeIn, sortedBy } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { useRoute } from '../route.ts';
import { hasOffice, hasRole, useSession } from '../session.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import { DelayForm } from './DelayForm.tsx';
import { Person } from '../parts/Person.tsx';

type Delay = Schemas['ViewDelayList']['delays'][number];
type Proposed = Schemas['Waiting']['proposals'][number];

/** Accesses that are hidden from persons for now: who requested it, who agreed, on which ground and until when. */
export function DelaysPage(): ReactNode {
  const { say, when } = useWords();
  const { session, turn } = useSession();
  const { name } = useDepartments();
  const [ending, setEnding] = useState<string>();
  const [reason, setReason] = useDraftText(`delay end ${ending ?? ''}`);
  const [sentProposal, setSentProposal] = useState<string>();
  const { act, sending, error } = useAct();
  const place = placeIn(useRoute().filter);
  const answer = useAnswer(`delays ${JSON.stringify(place)} ${turn}`, () =>
    get('/v1/view-delays', { query: place }),
  );
  const inbox = useAnswer(`delays inbox ${turn}`, waitingProposals);
  const proposed = (inbox.value ?? []).filter(({ kind }) => kind === 'ViewDelay');
  const again = (): void => {
    answer.again();
    inbox.again();
  };
  const accept = ({ proposal, digest }: Proposed): void =>
    act(() => post('/v1/proposals/{proposal}/acceptance', { digest }, { at: { proposal } }), again);
  const end = (delay: string): void =>
    act(
      () => post('/v1/view-delays/{delay}/end', { reason }, { at: { delay } }),
      () => {
        setEnding(undefined);
        setReason('');
        again();
      },
    );
  const mayEnd = hasOffice(session, ['steward', 'security']) || hasRole(session, ['security']);
  return (
    <Page
      title={say('delays')}
      lead={say('delaysLead')}
      error={error ?? answer.error ?? inbox.error}
      cli="npx datong subject delays"
    >
      {sentProposal === undefined ? null : (
        <p className="card" role="status">
          {say('delayProposed')}
        </p>
      )}
      {hasRole(session, ['security']) ? (
        <DelayForm
          done={(proposal) => {
            setSentProposal(proposal);
            again();
          }}
        />
      ) : null}
      {proposed.length === 0 ? null : (
        <section className="card" aria-label={say('delayWaiting')}>
          <h2>{say('delayWaiting')}</h2>
          <ul className="saved">
            {proposed.map((one) => (
              <li key={one.proposal}>
                <code>{one.name}</code>
                <Button
                  size="small"
                  type="primary"
                  disabled={sending}
                  aria-label={`${say('acceptProposal')} ${one.name}`}
                  onClick={() => accept(one)}
                >
                  {say('acceptProposal')}
                </Button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <List<Delay>
        label={say('delays')}
        rows={answer.value?.delays}
        keyOf={({ id }) => id}
        answer={answer}
        empty={say('delaysEmpty')}
        page={answer.value}
        usualSort="until"
        columns={[
          { ...sortedBy('until'), title: say('validUntil'), render: (_, one) => when(one.until) },
          { ...sortedBy('department'), title: say('delayOf'), render: (_, one) => name(one.department) },
          { title: say('delayGround'), render: (_, one) => `${one.reference} ${one.clause}` },
          { title: say('author'), render: (_, one) => <Person id={one.author} name={one.authorName} /> },
          {
            title: say('approver'),
            render: (_, one) => <Person id={one.approver} name={one.approverName} />,
          },
          {
            title: say('actions'),
            render: (_, one) =>
              !mayEnd ? null : (
                <Button
                  size="small"
                  aria-label={`${say('delayEnd')} ${one.id}`}
                  onClick={() => setEnding(one.id)}
                >
                  {say('delayEnd')}
                </Button>
              ),
          },
        ]}
      />
      {ending === undefined ? null : (
        <form
          className="card row-form no-print"
          aria-label={say('delayEnd')}
          onSubmit={(event) => {
            event.preventDefault();
            end(ending);
          }}
        >
          <Field
            label={say('riskReason')}
            value={reason}
            change={setReason}
            required
            least={2}
            most={200}
            wide
          />
          <Button type="primary" htmlType="submit" disabled={sending}>
            {say('delayEnd')}
          </Button>
          <Button onClick={() => setEnding(undefined)}>{say('back')}</Button>
        </form>
      )}
    </Page>
  );
}
