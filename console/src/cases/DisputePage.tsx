import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Events } from '../parts/Events.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { PrintButton } from '../parts/PrintButton.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { DisputeActs } from './DisputeActs.tsx';
import { DisputeAbout } from './DisputesPage.tsx';
import { RaiseDisputePage } from './RaiseDisputePage.tsx';

type View = Schemas['DisputeView'];

/** One dispute: its level of the three, every statement with its paper, and the next step. */
export function DisputePage(): ReactNode {
  const { what } = useRoute();
  return what[0] === 'new' ? <RaiseDisputePage /> : <OneDispute id={what[0] ?? ''} />;
}

function OneDispute({ id }: { readonly id: string }): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const { name } = useDepartments();
  const answer = useAnswer(`${id} ${turn}`, () => get('/v1/disputes/{dispute}', { at: { dispute: id } }));
  const doing = useAct();
  const view = answer.value;
  return (
    <Page
      title={`${say('kindDispute')} ${id}`}
      error={doing.error ?? answer.error}
      cli={
        doing.error === undefined
          ? `npx datong ticket dispute show ${id}`
          : 'npx datong ticket dispute act --help'
      }
      actions={
        <>
          <Link to={addressOf('disputes')}>{say('back')}</Link>
          <PrintButton />
        </>
      }
    >
      {view === undefined ? null : (
        <>
          <section className="card" aria-label={say('dpLevels')}>
            <Levels state={view.state} />
            <Facts
              of={[
                [
                  say('state'),
                  <span key="state" className="state">
                    {say(`dp_${view.state}`)}
                  </span>,
                ],
                [say('dpAbout'), <DisputeAbout key="about" about={view.about} />],
                [say('dpRaised'), name(view.raised)],
                [say('dpOther'), name(view.other)],
              ]}
            />
          </section>
          <DisputeActs key={view.events.length} view={view} doing={doing} again={answer.again} />
          <Course view={view} />
        </>
      )}
    </Page>
  );
}

const levels = [
  { word: 'dpBetween', of: ['between'] },
  { word: 'dpOffice', of: ['office', 'decided'] },
  { word: 'dpGovernment', of: ['government'] },
] as const;

/** The two departments, the data office, the government, and the current level. */
function Levels({ state }: Pick<View, 'state'>): ReactNode {
  const { say } = useWords();
  const ended = state === 'settled' || state === 'closed';
  return (
    <ol className="levels">
      {levels.map(({ word, of }) => {
        const here = !ended && (of as readonly string[]).includes(state);
        return (
          <li key={word} aria-current={here ? 'step' : undefined}>
            {here ? '▶ ' : ''}
            {say(word)}
          </li>
        );
      })}
    </ol>
  );
}

function Course({ view }: { readonly view: View }): ReactNode {
  const { say } = useWords();
  return (
    <Events
      events={view.events}
      step={({ act }) => say(`daDone_${act}`)}
      moreColumns={[
        { title: say('dpStatement'), render: (_, one) => one.said },
        { title: say('dpPaper'), render: (_, one) => <span className="digest">{one.document}</span> },
      ]}
    />
  );
}
