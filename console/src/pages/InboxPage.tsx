import { Button } from 'antd';
import { useEffect, useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { AcknowledgeAll } from '../events/AcknowledgeAll.tsx';
import { Choice } from '../parts/Choice.tsx';
import { Pager } from '../parts/List.tsx';
import { useOpenCount } from '../parts/openCount.ts';
import { Page } from '../parts/Page.tsx';
import { isWord } from '../parts/State.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { HomeNotes } from './HomeNotes.tsx';
import { linkedItems } from './inboxItems.tsx';
import { KnownLane } from './KnownLane.tsx';
import { LaneItems, type Others } from './LaneItems.tsx';
import { dueOf, kindOfSection, laneOf, lanes, openCount, othersIn, type Item, type Lane } from './lanes.ts';

type Waiting = Schemas['Waiting'];
const sections = Object.keys(kindOfSection) as readonly (keyof typeof kindOfSection)[];

/** The person's pending items, the nearest deadline first. */
export function InboxPage(): ReactNode {
  const words = useWords();
  const { say, number } = words;
  const { filter } = useRoute();
  const { turn } = useSession();
  const { name } = useDepartments();
  const { kind = '', cursor = '' } = filter;
  const place = `${kind} ${cursor}`;
  // reads the inboxes of others: only for the page for which the person requested it
  const [askedFor, setAskedFor] = useState<string>();
  const asked = askedFor === place;
  const answer = useAnswer(`inbox ${place} ${turn}${asked ? ' others' : ''}`, () =>
    get('/v1/inbox', { query: asked ? { kind, cursor, others: 'true' } : { kind, cursor } }),
  );
  const { act, sending, error } = useAct();
  const [code, setCode] = useState<string>();
  const confirm = (person: Waiting['persons'][number]): void =>
    act(
      () =>
        post('/v1/persons/{person}/confirmation', { roles: person.roles }, { at: { person: person.person } }),
      (answered) => {
        setCode(answered.code);
        answer.again();
      },
    );
  const waiting = answer.value;
  const items: Item[] =
    waiting === undefined
      ? []
      : [
          ...linkedItems(waiting, words, name),
          ...waiting.persons.map((one): Item => ({
            of: one,
            key: one.person,
            kind: 'kindPerson',
            what: `${one.name}${say('pointColon')}${one.roles.map(({ role, department }) => `${isWord(`r_${role}`) ? say(`r_${role}`) : role}@${name(department)}`).join(say('pointList'))}`,
            from: undefined,
            why: 'whyConfirm',
            sentence: say('hs_kindPerson', { what: one.name }),
            act: (
              <Button
                type="primary"
                disabled={sending}
                aria-label={`${say('confirmPerson')}${say('pointColon')}${one.name}`}
                onClick={() => confirm(one)}
              >
                {say('confirm')}
              </Button>
            ),
          })),
        ].sort((one, other) => (dueOf(one.of).due ?? '9').localeCompare(dueOf(other.of).due ?? '9'));
  const { counts = {}, events = [] } = waiting ?? {};
  const now = Date.now();
  // what needs no act of this person is not overdue with them
  const informing = items.filter((one) => laneOf(one, now) === 'known' && dueOf(one.of).overdue === true);
  const overdue = Math.max(0, (waiting?.overdue ?? 0) - informing.length);
  const { count, setCount } = useOpenCount();
  // only the first page has the items that are subtracted; later ones show its number
  const isFirst = cursor === '' && kind === '';
  const open = waiting !== undefined && (isFirst || count === undefined) ? openCount(waiting) : (count ?? 0);
  useEffect(() => {
    if (waiting !== undefined && isFirst) setCount(open);
  }, [waiting, isFirst, open, setCount]);
  const others = othersIn(waiting);
  const kinds = sections.filter((section) => section === kind || (counts[section] ?? 0) > 0);
  const otherNames = (of: object): string => {
    const found = others.get(of);
    if (found === undefined) return '—';
    const names = [
      ...found.persons.map((person) => person.name),
      ...(found.incomplete === true ? [say('inboxNotAll')] : []),
    ];
    return names.join(say('pointList')) || say('inboxNoOneElse');
  };
  return (
    <Page title={say('inbox')} lead={say('inboxLead')} error={error ?? answer.error} cli="npx datong inbox">
      <HomeNotes />
      {code === undefined ? null : (
        <p className="card" role="status">
          <strong>{say('confirmedCode', { code })}</strong>
        </p>
      )}
      {overdue === 0 ? null : (
        <p role="status">
          <span className="late">▲ {say('inboxOverdue', { count: number(overdue) })}</span>
        </p>
      )}
      {kinds.length < 2 && kind === '' ? null : (
        <div className="filters">
          <Choice
            name="kind"
            label={say('inboxKind')}
            all={say('inboxAll')}
            options={kinds.map((value) => ({
              value,
              text: `${say(kindOfSection[value])} · ${number(counts[value] ?? 0)}`,
            }))}
          />
        </div>
      )}
      <AcknowledgeAll events={events} done={answer.again} />
      {asked || items.length === 0 ? null : (
        <p>
          <Button onClick={() => setAskedFor(place)}>{say('inboxAskOthers')}</Button>
        </p>
      )}
      {waiting === undefined ? (
        <p className="card">{say(answer.loading ? 'loading' : 'inboxEmpty')}</p>
      ) : items.length === 0 ? (
        <p className="card">{say('inboxEmpty')}</p>
      ) : (
        lanes.map((lane) => (
          <LaneOf
            key={lane}
            lane={lane}
            isFirst={cursor === ''}
            items={items.filter((one) => laneOf(one, now) === lane)}
            others={asked ? otherNames : undefined}
            done={answer.again}
          />
        ))
      )}
      <Pager page={waiting} />
    </Page>
  );
}

/** One section, with the number of its items. */
function LaneOf(props: {
  readonly lane: Lane;
  /** false: a later page, on which an empty section does not mean that nothing is due today */
  readonly isFirst: boolean;
  readonly items: readonly Item[];
  readonly others: Others;
  readonly done: () => void;
}): ReactNode {
  const { lane, isFirst, items, others, done } = props;
  const { say, number } = useWords();
  if (items.length === 0 && (lane !== 'today' || !isFirst)) return null;
  if (lane === 'known') return <KnownLane items={items} others={others} />;
  return (
    <section className="card lane-card" aria-labelledby={`lane-${lane}`}>
      <h2 id={`lane-${lane}`}>
        {say(`ln_${lane}`)}
        {items.length === 0 ? null : ` · ${number(items.length)}`}
      </h2>
      {items.length === 0 ? (
        <p className="muted">{say('ln_todayNone')}</p>
      ) : (
        <LaneItems items={items} others={others} done={done} />
      )}
    </section>
  );
}
