import { Button } from 'antd';
import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get, getFile, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Link } from '../parts/Link.tsx';
import { List, placeIn, sortedBy } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { saveFile } from '../parts/saveFile.ts';
import { useAct, type Act } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { WithDatasets } from '../parts/WithDatasets.tsx';
import { addressOf, useRoute } from '../route.ts';
import { hasRole, readers, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { lagText, SinkState } from './SinkState.tsx';
import { SubscribeCommand } from './SubscribeCommand.tsx';

/** 事件: topics with their traffic, and the subscriptions of the person's department and to its topics. */
export function TopicsPage(): ReactNode {
  const { say, pick, number } = useWords();
  const { turn, session } = useSession();
  const { filter } = useRoute();
  const { name } = useDepartments();
  const query = placeIn(filter);
  const answer = useAnswer(`topics ${JSON.stringify(query)} ${turn}`, () => get('/v1/topics', { query }));
  const doing = useAct();
  const isReader = hasRole(session, readers);
  return (
    <Page
      title={say('topics')}
      lead={say('tpLead')}
      error={doing.error ?? answer.error}
      cli={asCall(doing.error === undefined ? 'GET /v1/topics' : 'GET /v1/topics/{topic}/asyncapi')}
    >
      <section className="card">
        <h2>{say('tpTopics')}</h2>
        <List<Schemas['TopicView']>
          label={say('tpTopics')}
          rows={answer.value?.topics}
          keyOf={({ id }) => id}
          answer={answer}
          empty={say('tpEmpty')}
          page={answer.value}
          usualSort="id"
          columns={[
            {
              ...sortedBy('id'),
              title: say('tpTopic'),
              render: (_, one) => (
                <>
                  {pick(one.title)}
                  <br />
                  <code className="muted">{one.id}</code>
                </>
              ),
            },
            {
              ...sortedBy('department'),
              title: say('oePublisher'),
              render: (_, one) => name(one.department),
            },
            {
              title: say('tpTypes'),
              render: (_, one) => (
                <ul className="plain">
                  {one.types.map(({ type }) => (
                    <li key={type}>
                      <Link to={addressOf('datasets', [type])}>
                        <WithDatasets ids={[type]} text={(title) => title} />
                      </Link>
                    </li>
                  ))}
                </ul>
              ),
            },
            {
              title: say('tpHours'),
              render: (_, { traffic }) =>
                traffic === undefined ? (
                  <span className="muted">{say('tpOthers')}</span>
                ) : (
                  <Sparkline hours={traffic} />
                ),
            },
            {
              title: say('tpEvents'),
              align: 'right',
              render: (_, { events }) => (events === undefined ? '—' : number(events)),
            },
            ...(isReader
              ? [
                  {
                    title: say('tpContract'),
                    render: (_: unknown, { id }: Schemas['TopicView']) => (
                      <ContractButton topic={id} doing={doing} />
                    ),
                  },
                ]
              : []),
          ]}
        />
      </section>
      {isReader ? <Subscriptions topics={answer.value?.topics ?? []} /> : null}
    </Page>
  );
}

/** What the person's department receives from a topic, or publishes to its own one. */
function ContractButton({ topic, doing }: { readonly topic: string; readonly doing: Act }): ReactNode {
  const { say } = useWords();
  return (
    <Button
      size="small"
      className="no-print"
      aria-label={`AsyncAPI ${topic}`}
      title={say('tpContractHint')}
      disabled={doing.sending}
      onClick={() =>
        doing.act(
          () => getFile('/v1/topics/{topic}/asyncapi', { at: { topic } }),
          (file) => saveFile(file, `${topic}.asyncapi.json`),
        )
      }
    >
      AsyncAPI
    </Button>
  );
}

const cursorName = 'subscription';

function Subscriptions({ topics }: { readonly topics: readonly Schemas['TopicView'][] }): ReactNode {
  const { say, number, when } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const { name } = useDepartments();
  const query = placeIn(filter, cursorName);
  const answer = useAnswer(`subscriptions ${JSON.stringify(query)} ${turn}`, () =>
    get('/v1/subscriptions', { query }),
  );
  return (
    <section className="card">
      <h2>{say('sbSubscriptions')}</h2>
      <Refusal error={answer.error} cli={asCall('GET /v1/subscriptions')} />
      <List<Schemas['Subscription']>
        label={say('sbSubscriptions')}
        rows={answer.value?.subscriptions}
        keyOf={({ id }) => id}
        answer={answer}
        empty={say('sbEmpty')}
        page={answer.value}
        cursorName={cursorName}
        usualSort="created"
        columns={[
          {
            ...sortedBy('department'),
            title: say('sbOf'),
            render: (_, one) => <Link to={addressOf('topics', [one.id])}>{name(one.department)}</Link>,
          },
          { ...sortedBy('topic'), title: say('tpTopic'), render: (_, one) => <code>{one.topic}</code> },
          { title: say('state'), render: (_, one) => <SinkState of={one} /> },
          {
            title: say('sbLag'),
            align: 'right',
            render: (_, one) => lagText(one, { say, number }) ?? '—',
          },
          {
            title: say('sbLast'),
            render: (_, { sink }) => (sink?.lastDelivered === undefined ? '—' : when(sink.lastDelivered)),
          },
          {
            title: say('sbDead'),
            align: 'right',
            render: (_, { sink }) => (sink === undefined ? '—' : number(sink.deadLetters)),
          },
        ]}
      />
      <SubscribeCommand topics={topics} />
    </section>
  );
}

/** Numbers of the last hours as bars, the newest at the right. Screen readers hear the sum and the largest hour instead. */
function Sparkline({ hours }: { readonly hours: readonly number[] }): ReactNode {
  const { say, number } = useWords();
  const largest = Math.max(1, ...hours);
  const sum = hours.reduce((all, one) => all + one, 0);
  const text = say('tpTraffic', { sum: number(sum), most: number(Math.max(0, ...hours)) });
  return (
    <svg
      className="sparkline"
      role="img"
      aria-label={text}
      viewBox={`0 0 ${hours.length * 4} 20`}
      preserveAspectRatio="none"
    >
      <title>{text}</title>
      {hours.map((count, nth) => {
        const height = count === 0 ? 0.5 : Math.max(2, (count / largest) * 20);
        return <rect key={nth} x={nth * 4} y={20 - height} width={3} height={height} />;
      })}
    </svg>
  );
}
