import { Button } from 'antd';
import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { List, placeIn, sortedBy } from '../parts/List.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import type { Act } from '../parts/useAct.ts';
import { WithDatasets } from '../parts/WithDatasets.tsx';
import { useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

/** Events that the webhook did not take in time, without data: both sides see them, the consumer has them sent again. */
export function DeadLetters(props: {
  readonly view: Schemas['Subscription'];
  readonly mayAct: boolean;
  readonly doing: Act;
  readonly done: () => void;
}): ReactNode {
  const { view, mayAct, doing, done } = props;
  const { say, when, pick, number } = useWords();
  const { turn } = useSession();
  const query = placeIn(useRoute().filter);
  const at = { subscription: view.id };
  const count = view.sink?.deadLetters ?? 0;
  const answer = useAnswer(`dead letters ${view.id} ${JSON.stringify(query)} ${turn}`, () =>
    get('/v1/subscriptions/{subscription}/dead-letters', { at, query }),
  );
  const replay = (events?: readonly string[]): void =>
    doing.act(
      () =>
        post(
          '/v1/subscriptions/{subscription}/dead-letters/replay',
          events === undefined ? {} : { events: [...events] },
          { at },
        ),
      () => {
        answer.again();
        done();
      },
    );
  return (
    <section className="card">
      <h2>{say('sbDead')}</h2>
      <Refusal
        error={answer.error}
        cli={asCall('GET /v1/subscriptions/{subscription}/dead-letters', { at })}
      />
      {mayAct && count > 0 ? (
        <div className="row-form no-print">
          <TwoSteps
            label={say('sbReplayAll')}
            sure={say('sbReplayAllSure', { n: number(count) })}
            disabled={doing.sending}
            act={() => replay()}
          />
        </div>
      ) : null}
      <List<Schemas['DeadLetter']>
        label={say('sbDead')}
        rows={answer.value?.letters}
        keyOf={({ event }) => event}
        answer={answer}
        empty={say('sbDeadNone')}
        page={answer.value}
        usualSort="sequence"
        columns={[
          { ...sortedBy('sequence'), title: say('oeId'), render: (_, one) => <code>{one.event}</code> },
          {
            title: say('oeType'),
            render: (_, one) => <WithDatasets ids={[one.type]} text={(title) => title} />,
          },
          { title: say('sbHappened'), render: (_, one) => when(one.time) },
          { title: say('sbDied'), render: (_, one) => when(one.diedAt) },
          { title: say('sbTrouble'), render: (_, one) => pick(one.trouble) },
          ...(mayAct
            ? [
                {
                  title: say('actions'),
                  render: (_: unknown, one: Schemas['DeadLetter']) =>
                    one.replayed ? (
                      say('sbReplayed')
                    ) : (
                      <Button
                        size="small"
                        disabled={doing.sending}
                        aria-label={`${say('sbReplay')} ${one.event}`}
                        onClick={() => replay([one.event])}
                      >
                        {say('sbReplay')}
                      </Button>
                    ),
                },
              ]
            : []),
        ]}
      />
    </section>
  );
}
