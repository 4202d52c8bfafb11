import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { List } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { isWord } from '../parts/State.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { Due } from '../requests/Due.tsx';
import { useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { dueOf, kindOfSection, linkedItems, othersIn, type Item } from './inboxItems.tsx';

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
          ...linkedItems(waiting, words),
          ...waiting.persons.map((one): Item => ({
            of: one,
            key: one.person,
            kind: 'kindPerson',
            what: `${one.name}${say('pointColon')}${one.roles.map(({ role, department }) => `${isWord(`r_${role}`) ? say(`r_${role}`) : role}@${name(department)}`).join(say('pointList'))}`,
            from: undefined,
            why: 'whyConfirm',
            act: (
              <Button
                size="small"
                disabled={sending}
                aria-label={`${say('confirmPerson')}${say('pointColon')}${one.name}`}
                onClick={() => confirm(one)}
              >
                {say('confirm')}
              </Button>
            ),
          })),
        ].sort((one, other) => (dueOf(one.of).due ?? '9').localeCompare(dueOf(other.of).due ?? '9'));
  const { counts = {}, overdue = 0 } = waiting ?? {};
  const others = othersIn(waiting);
  const kinds = sections.filter((section) => section === kind || (counts[section] ?? 0) > 0);
  const otherNames = (of: object): string => {
    const found = others.get(of);
    if (found === undefined) return '—';
    const names = [
      ...found.persons.map((person) => person.name),
      ...(found.incomplete === true ? [say('inboxNotAll')] : []),
    ];
    return names.join(say('pointList')) || say('inboxNobodyElse');
  };
  return (
    <Page title={say('inbox')} lead={say('inboxLead')} error={error ?? answer.error} cli="npx datong inbox">
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
      {asked || items.length === 0 ? null : (
        <p>
          <Button onClick={() => setAskedFor(place)}>{say('inboxAskOthers')}</Button>
        </p>
      )}
      <List<Item>
        label={say('inbox')}
        rows={waiting === undefined ? undefined : items}
        keyOf={({ key }) => key}
        answer={answer}
        empty={say('inboxEmpty')}
        nextCursor={waiting?.nextCursor}
        columns={[
          { title: say('inboxKind'), render: (_, one) => say(one.kind) },
          { title: say('inboxItem'), render: (_, one) => one.what },
          { title: say('inboxFrom'), render: (_, one) => name(one.from) },
          {
            title: say('inboxDue'),
            render: (_, one) =>
              dueOf(one.of).due === undefined ? (
                <span className="muted">{say('noDue')}</span>
              ) : (
                <Due of={dueOf(one.of)} />
              ),
          },
          { title: say('inboxWhy'), render: (_, one) => say(one.why) },
          ...(asked
            ? [{ title: say('inboxOthers'), render: (_: unknown, one: Item) => otherNames(one.of) }]
            : []),
          { title: say('actions'), render: (_, one) => one.act },
        ]}
      />
    </Page>
  );
}
