import { Button } from 'antd';
import { useEffect, useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer, type Answered } from '../api/useAnswer.ts';
import { AcknowledgeAll } from '../events/AcknowledgeAll.tsx';
import { Choice } from '../parts/Choice.tsx';
import { Pager } from '../parts/List.tsx';
import { NoContent } from '../parts/NoContent.tsx';
import { useOpenCount } from '../parts/openCount.ts';
import { Page } from '../parts/Page.tsx';
import { isWord } from '../parts/State.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords, type Spoken } from '../words/words.ts';
import { HomeNotes } from './HomeNotes.tsx';
import { linkedItems } from './inboxItems.tsx';
import { KnownLane } from './KnownLane.tsx';
import { LaneItems, type Others } from './LaneItems.tsx';
import { dueOf, kindOfSection, laneOf, lanes, openCount, othersIn, type Item, type Lane } from './lanes.ts';

type Waiting = Schemas['Waiting'];
type Person = Waiting['persons'][number];
const sections = Object.keys(kindOfSection) as readonly (keyof typeof kindOfSection)[];

/** The person's pending items, the nearest deadline first. */
export function InboxPage(): ReactNode {
  const words = useWords();
  const { say, number } = words;
  const { filter } = useRoute();
  const { name } = useDepartments();
  const { kind = '', cursor = '' } = filter;
  const { answer, withOthers, askOthers } = useInbox(kind, cursor);
  const { act, sending, error } = useAct();
  const [code, setCode] = useState<string>();
  const confirm = (person: Person): void =>
    act(
      () =>
        post('/v1/persons/{person}/confirmation', { roles: person.roles }, { at: { person: person.person } }),
      (answered) => {
        setCode(answered.code);
        answer.again();
      },
    );
  const waiting = answer.value;
  const confirmButton = (person: Person): ReactNode => (
    <Button
      type="primary"
      disabled={sending}
      aria-label={`${say('confirmPerson')}${say('pointColon')}${person.name}`}
      onClick={() => confirm(person)}
    >
      {say('confirm')}
    </Button>
  );
  const items =
    waiting === undefined
      ? []
      : byDeadline([
          ...linkedItems(waiting, words, name),
          ...waiting.persons.map((one) => personItem(one, words, name, confirmButton(one))),
        ]);
  const { counts = {}, events = [] } = waiting ?? {};
  const now = Date.now();
  const overdue = overdueIn(waiting, items, now);
  useCountOf(waiting, kind, cursor);
  const others = othersIn(waiting);
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
      <KindFilter kind={kind} counts={counts} />
      <AcknowledgeAll events={events} done={answer.again} />
      {withOthers || items.length === 0 ? null : (
        <p>
          <Button onClick={askOthers}>{say('inboxAskOthers')}</Button>
        </p>
      )}
      {waiting === undefined ? (
        <NoContent answer={answer} />
      ) : (
        <Lanes items={items} now={now} others={withOthers ? otherNames : undefined} done={answer.again} />
      )}
      <Pager page={waiting} />
    </Page>
  );
}

interface Inbox {
  readonly answer: Answered<Waiting>;
  /** the answer has the other persons who can act on each item */
  readonly withOthers: boolean;
  readonly askOthers: () => void;
}

/** One page of the inbox. The inboxes of others are read only for the page for which the person requested it. */
function useInbox(kind: string, cursor: string): Inbox {
  const { turn } = useSession();
  const place = `${kind} ${cursor}`;
  const [askedFor, setAskedFor] = useState<string>();
  const asked = askedFor === place;
  const answer = useAnswer(`inbox ${place} ${turn}${asked ? ' others' : ''}`, () =>
    get('/v1/inbox', { query: asked ? { kind, cursor, others: 'true' } : { kind, cursor } }),
  );
  return { answer, withOthers: asked, askOthers: () => setAskedFor(place) };
}

/** An item without a deadline comes last. */
const byDeadline = (items: readonly Item[]): Item[] =>
  [...items].sort((one, other) => (dueOf(one.of).due ?? '9').localeCompare(dueOf(other.of).due ?? '9'));

/** A person whose roles wait for confirmation. */
const personItem = (
  one: Person,
  { say }: Spoken,
  nameOf: ReturnType<typeof useDepartments>['name'],
  act: ReactNode,
): Item => ({
  of: one,
  key: one.person,
  kind: 'kindPerson',
  what: `${one.name}${say('pointColon')}${one.roles.map(({ role, department }) => `${isWord(`r_${role}`) ? say(`r_${role}`) : role}@${nameOf(department)}`).join(say('pointList'))}`,
  from: undefined,
  why: 'whyConfirm',
  sentence: say('hs_kindPerson', { what: one.name }),
  act,
});

/** Number of overdue items. What needs no act of this person is not overdue with them. */
function overdueIn(waiting: Waiting | undefined, items: readonly Item[], now: number): number {
  const informing = items.filter((one) => laneOf(one, now) === 'known' && dueOf(one.of).overdue === true);
  return Math.max(0, (waiting?.overdue ?? 0) - informing.length);
}

/** Sets the number in menu and title, from the first page: only it has the items that are subtracted. */
function useCountOf(waiting: Waiting | undefined, kind: string, cursor: string): void {
  const { setCount } = useOpenCount();
  const isFirst = cursor === '' && kind === '';
  useEffect(() => {
    if (waiting !== undefined && isFirst) setCount(openCount(waiting));
  }, [waiting, isFirst, setCount]);
}

/** Selects one kind, where items of several kinds are pending. */
function KindFilter(props: { readonly kind: string; readonly counts: Waiting['counts'] }): ReactNode {
  const { kind, counts } = props;
  const { say, number } = useWords();
  const kinds = sections.filter((section) => section === kind || (counts[section] ?? 0) > 0);
  if (kinds.length < 2 && kind === '') return null;
  return (
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
  );
}

/** All sections, in order. */
function Lanes(props: {
  readonly items: readonly Item[];
  /** Unix milliseconds */
  readonly now: number;
  readonly others: Others;
  readonly done: () => void;
}): ReactNode {
  const { items, now, others, done } = props;
  const { say } = useWords();
  const { filter } = useRoute();
  if (items.length === 0) return <p className="card">{say('inboxEmpty')}</p>;
  return lanes.map((lane) => (
    <LaneOf
      key={lane}
      lane={lane}
      isFirst={(filter['cursor'] ?? '') === ''}
      items={items.filter((one) => laneOf(one, now) === lane)}
      others={others}
      done={done}
    />
  ));
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
