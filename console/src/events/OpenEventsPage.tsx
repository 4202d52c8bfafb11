import { Empty } from 'antd';
import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { getTimed } from '../api/call.ts';
import { Choice } from '../parts/Choice.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Link } from '../parts/Link.tsx';
import { Pager, placeIn } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { HubClock, useHubSeconds } from './HubClock.tsx';
import { figuresOf, OwedSteps, type OpenEvent } from './OwedSteps.tsx';
import { useLive } from './useLive.ts';

/** 联动: the events that departments respond to now, each with who must acknowledge it and who is late. */
export function OpenEventsPage(): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const { state = '' } = filter;
  const query = { state: state === '' ? 'open' : state === 'all' ? '' : state, ...placeIn(filter) };
  const answer = useLive(`open events ${JSON.stringify(query)} ${turn}`, () =>
    getTimed('/v1/open-events', { query }),
  );
  const { answer: page, clockAhead = 0 } = answer.value ?? {};
  const events = page?.events;
  return (
    <Page
      title={say('openevents')}
      lead={say('oeLead')}
      error={answer.error}
      cli={asCall('GET /v1/open-events', { query })}
    >
      <div className="filters">
        <Choice
          name="state"
          label={say('state')}
          all={say('oeState_open')}
          options={[
            { value: 'closed', text: say('oeState_closed') },
            { value: 'all', text: say('oeAll') },
          ]}
        />
        <Choice
          name="sort"
          label={say('listSort')}
          all={say('oeNewest')}
          options={[
            { value: 'ends', text: say('oeEnding') },
            { value: 'department', text: say('oePublisher') },
          ]}
        />
      </div>
      {events?.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('oeEmpty')} />
      ) : null}
      <HubClock ahead={clockAhead}>
        <ul className="plain">
          {(events ?? []).map((event) => (
            <li key={event.event} className="card">
              <EventCard event={event} />
            </li>
          ))}
        </ul>
      </HubClock>
      <Pager page={page} isLoading={answer.loading} />
    </Page>
  );
}

function EventCard({ event }: { readonly event: OpenEvent }): ReactNode {
  const { say, pick, when } = useWords();
  const { name } = useDepartments();
  return (
    <>
      <h2>
        <Link to={addressOf('openevents', [event.event])}>{pick(event.title)}</Link>{' '}
        <span className="state">{say(`oeState_${event.state}`)}</span>
      </h2>
      <Facts
        of={[
          [say('oePublisher'), name(event.department)],
          [say('opened'), when(event.openedAt)],
          event.closedAt === undefined
            ? [say('oeEnds'), when(event.endsAt)]
            : [say('oeClosed'), when(event.closedAt)],
        ]}
      />
      <Figures event={event} />
      <OwedSteps event={event} brief />
    </>
  );
}

/** The sentence that a screen reader hears again when a number in it changes. */
export function Figures({ event }: { readonly event: OpenEvent }): ReactNode {
  const { say, number } = useWords();
  const { owed, met, late } = figuresOf(event, useHubSeconds());
  return (
    <p role="status" className={late > 0 ? 'late' : undefined}>
      {owed > 0 && owed === met
        ? say('oeAllMet')
        : say('oeSummary', { owed: number(owed), met: number(met), late: number(late) })}
    </p>
  );
}
