import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Facts } from '../parts/Facts.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { PrintButton } from '../parts/PrintButton.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasRole, useSession } from '../session.ts';
import { DatasetTitles } from '../parts/WithDatasets.tsx';
import { useWords } from '../words/words.ts';
import { NewTicketPage } from './NewTicketPage.tsx';
import { TicketAnswers } from './TicketAnswers.tsx';
import { TicketDue, TicketState } from './TicketState.tsx';

/** One ticket: the reported error, its deadline, and the answer. */
export function TicketPage(): ReactNode {
  const { what } = useRoute();
  return what[0] === 'new' ? <NewTicketPage /> : <OneTicket id={what[0] ?? ''} />;
}

function OneTicket({ id }: { readonly id: string }): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const answer = useAnswer(`${id} ${turn}`, () => get('/v1/tickets/{ticket}', { at: { ticket: id } }));
  const doing = useAct();
  const view = answer.value;
  return (
    <Page
      title={`${say('kindTicket')} ${id}`}
      error={doing.error ?? answer.error}
      cli={
        doing.error === undefined
          ? `npx datong ticket show ${id}`
          : `npx datong ticket answer ${id} ACT --reason …`
      }
      actions={
        <>
          <Link to={addressOf('tickets')}>{say('back')}</Link>
          <PrintButton />
        </>
      }
    >
      {view === undefined ? null : (
        <>
          <TicketFacts view={view} />
          <TicketAnswers key={view.state} view={view} doing={doing} again={answer.again} />
          <DisputeLink view={view} />
        </>
      )}
    </Page>
  );
}

function TicketFacts({ view }: { readonly view: Schemas['TicketView'] }): ReactNode {
  const { say, when } = useWords();
  const { name } = useDepartments();
  const { exchanges = [], told = [] } = view;
  return (
    <section className="card" aria-label={say('tkWhat')}>
      <Facts
        of={[
          [say('state'), <TicketState key="state" state={view.state} />],
          [say('tkClaim'), view.claim],
          [
            say('dataset'),
            <Link key="dataset" to={addressOf('datasets', [view.dataset])}>
              <DatasetTitles ids={[view.dataset]} />
            </Link>,
          ],
          [say('tkField'), view.field],
          [say('tkKey'), view.key],
          [say('exchangeId'), view.exchange],
          [say('tkOrigin'), say(`tkOrigin_${view.origin}`)],
          [say('tkOpener'), view.opener === undefined ? undefined : name(view.opener)],
          [say('provider'), name(view.provider)],
          [say('opened'), when(view.opened)],
          [say('tkDue'), view.state === 'open' ? <TicketDue key="due" of={view} /> : undefined],
          [say('tkAnswered'), when(view.answered)],
          [say('tkReason'), view.reason],
          [
            say('tkBatch'),
            view.batch === undefined ? undefined : (
              <Link key="batch" to={addressOf('held', [view.batch])}>
                {view.batch}
              </Link>
            ),
          ],
          [say('tkReceived'), exchanges.join(say('pointList'))],
          [say('tkNotified'), told.map(name).join(say('pointList'))],
        ]}
      />
      {view.key === undefined ? null : <p className="muted no-print">{say('tkKeyNote')}</p>}
      {view.as === 'told' ? <p role="note">{say('tkNotifiedNote')}</p> : null}
    </section>
  );
}

/** Leads a steward who does not accept the answer to a new dispute about it. */
function DisputeLink({ view }: { readonly view: Schemas['TicketView'] }): ReactNode {
  const { say } = useWords();
  const { session } = useSession();
  const party = view.as === 'opener' || view.as === 'provider';
  const answered = view.state === 'mended' || view.state === 'explained';
  if (!party || !answered || !hasRole(session, ['steward'])) return null;
  return (
    <p className="no-print">
      <Link to={addressOf('disputes', ['new'], { about: view.id })}>{say('dpRaiseAbout')}</Link>
    </p>
  );
}
