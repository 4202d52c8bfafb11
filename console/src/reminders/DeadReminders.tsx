import { Button } from 'antd';
import type { ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { List } from '../parts/List.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

type Letter = Schemas['DeadReminder'];

/** Reminders of the person and their departments that were given up. A steward has those of their departments sent again. */
export function DeadReminders(props: {
  readonly departments: readonly string[];
  readonly done: () => void;
}): ReactNode {
  const { departments, done } = props;
  const { say, when, number, day } = useWords();
  const { turn } = useSession();
  const { name } = useDepartments();
  const { cursor } = useRoute().filter;
  const { act, sending, error } = useAct();
  const answer = useAnswer(`dead reminders ${cursor} ${turn}`, () =>
    get('/v1/reminders/dead-letters', { query: { cursor } }),
  );
  const replay = ({ reminder, department }: Letter): void => {
    const body = { reminders: [reminder] };
    act(
      (key) =>
        department === undefined
          ? post('/v1/reminders/replay', body, { key })
          : post('/v1/departments/{department}/reminders/replay', body, { at: { department }, key }),
      () => {
        answer.again();
        done();
      },
    );
  };
  const mayReplay = ({ department }: Letter): boolean =>
    department === undefined || departments.includes(department);
  return (
    <section className="card">
      <h2>{say('rmDead')}</h2>
      <p className="muted">{say('rmDeadLead')}</p>
      <Refusal error={error ?? answer.error} cli="npx datong review reminder dead-letters" />
      <List<Letter>
        label={say('rmDead')}
        rows={answer.value?.letters}
        keyOf={({ reminder }) => reminder}
        answer={answer}
        empty={say('rmDeadNone')}
        page={answer.value}
        columns={[
          {
            title: say('rmWhose'),
            render: (_, { department }) => (department === undefined ? say('rmOwn') : name(department)),
          },
          { title: say('rmWay'), render: (_, one) => say(`rm_${one.way}`) },
          { title: say('rmItems'), render: (_, one) => number(one.items) },
          {
            title: say('rmNearest'),
            render: (_, { nearest }) => (nearest === undefined ? '–' : day(nearest)),
          },
          { title: say('rmDied'), render: (_, one) => when(one.diedAt) },
          { title: say('sbTrouble'), render: (_, one) => <code>{one.trouble}</code> },
          {
            title: say('actions'),
            render: (_, one) =>
              one.replayed ? (
                say('rmReplayed')
              ) : mayReplay(one) ? (
                <Button
                  size="small"
                  disabled={sending}
                  aria-label={`${say('rmReplay')} ${one.reminder}`}
                  onClick={() => replay(one)}
                >
                  {say('rmReplay')}
                </Button>
              ) : null,
          },
        ]}
      />
    </section>
  );
}
