import { useState, type ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Events } from '../parts/Events.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { PrintButton } from '../parts/PrintButton.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { usePurposes } from '../requests/usePurposes.ts';
import { addressOf, useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { DemandActs } from './DemandActs.tsx';
import { Due } from '../requests/Due.tsx';
import { NewDemandPage } from './NewDemandPage.tsx';

type View = Schemas['DemandView'];

/** One demand: the needed data and the reason, whose turn it is, and all statements. */
export function DemandPage(): ReactNode {
  const { what } = useRoute();
  return what[0] === 'new' ? <NewDemandPage /> : <OneDemand id={what[0] ?? ''} />;
}

function OneDemand({ id }: { readonly id: string }): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const answer = useAnswer(`${id} ${turn}`, () => get('/v1/demands', { query: { demand: id } }));
  const doing = useAct();
  // a department that hands a demand back can no longer read it: the answer to its act is shown here
  const [acted, setActed] = useState<View>();
  const view = acted ?? answer.value?.demands[0];
  return (
    <Page
      title={view === undefined ? `${say('kindDemand')} ${id}` : `${view.title} · ${id}`}
      error={doing.error ?? answer.error}
      cli={
        doing.error === undefined
          ? 'npx datong request demand list --json'
          : 'npx datong request demand act --help'
      }
      actions={
        <>
          <Link to={addressOf('demands')}>{say('back')}</Link>
          <PrintButton />
        </>
      }
    >
      {answer.value !== undefined && view === undefined ? <p role="status">{say('dmNotFound')}</p> : null}
      {view === undefined ? null : (
        <>
          <Wanted view={view} />
          <DemandActs key={view.events.length} view={view} doing={doing} done={setActed} />
          <Course view={view} />
        </>
      )}
    </Page>
  );
}

function Wanted({ view }: { readonly view: View }): ReactNode {
  const { say } = useWords();
  const { name } = useDepartments();
  const purposes = usePurposes();
  return (
    <section className="card">
      <Facts
        of={[
          [
            say('state'),
            <span key="state" className="state">
              {say(`dm_${view.state}`)}
            </span>,
          ],
          [say('inboxDue'), view.due === undefined ? undefined : <Due key="due" of={view} />],
          [say('dmConsumer'), name(view.consumer)],
          [say('dmProvider'), view.provider === undefined ? undefined : name(view.provider)],
          [say('dmFields'), view.fields.join(say('pointList'))],
          [say('dmPurpose'), purposes.name(view.purpose)],
          [
            say('dmEntry'),
            view.entry === undefined ? undefined : (
              <Link key="entry" to={addressOf('catalogue', [view.entry])}>
                {view.entry}
              </Link>
            ),
          ],
        ]}
      />
      {view.state === 'met' ? <p>{say('dmMet')}</p> : null}
    </section>
  );
}

function Course({ view }: { readonly view: View }): ReactNode {
  const { say } = useWords();
  const { name } = useDepartments();
  return (
    <Events
      events={view.events}
      step={({ act, provider }) =>
        say(`dmDone_${act}`) + (provider === undefined ? '' : ` → ${name(provider)}`)
      }
      moreColumns={[{ title: say('dmReason'), render: (_, one) => one.said }]}
    />
  );
}
