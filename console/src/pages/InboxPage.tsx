import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { List } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { isWord } from '../parts/State.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { linkedItems, type Item } from './inboxItems.tsx';

type Waiting = Schemas['Waiting'];

/** What waits for her, the nearest deadline first. */
export function InboxPage(): ReactNode {
  const words = useWords();
  const { say } = words;
  const { filter } = useRoute();
  const { turn } = useSession();
  const { name } = useDepartments();
  const answer = useAnswer(`inbox ${turn}`, () => get('/v1/inbox'));
  const [refused, setRefused] = useState<unknown>();
  const [code, setCode] = useState<string>();
  const confirm = (person: Waiting['persons'][number]): void => {
    setRefused(undefined);
    post(
      '/v1/persons/{person}/confirmation',
      { roles: person.roles },
      { at: { person: person.person } },
    ).then((answered) => {
      setCode(answered.code);
      answer.again();
    }, setRefused);
  };
  const waiting = answer.value;
  const items: Item[] =
    waiting === undefined
      ? []
      : [
          ...linkedItems(waiting, words),
          ...waiting.persons.map((one): Item => ({
            key: one.person,
            kind: 'kindPerson',
            what: `${one.name}：${one.roles.map(({ role, department }) => `${isWord(`r_${role}`) ? say(`r_${role}`) : role}@${name(department)}`).join('、')}`,
            from: undefined,
            why: 'whyConfirm',
            act: (
              <Button
                size="small"
                aria-label={`${say('confirmPerson')}：${one.name}`}
                onClick={() => confirm(one)}
              >
                {say('confirm')}
              </Button>
            ),
          })),
        ].sort((one, other) => (one.due ?? '9').localeCompare(other.due ?? '9'));
  const kinds = [...new Set(items.map(({ kind }) => kind))];
  const shown = items.filter(({ kind }) => (filter['kind'] ?? kind) === kind || filter['kind'] === '');
  return (
    <Page title={say('inbox')} lead={say('inboxLead')} error={refused ?? answer.error} cli="npx datong inbox">
      {code === undefined ? null : (
        <p className="card" role="status">
          <strong>{say('confirmedCode', { code })}</strong>
        </p>
      )}
      {kinds.length < 2 ? null : (
        <div className="filters">
          <Choice
            name="kind"
            label={say('inboxKind')}
            all={say('inboxAll')}
            options={kinds.map((value) => ({ value, text: say(value) }))}
          />
        </div>
      )}
      <List<Item>
        label={say('inbox')}
        rows={waiting === undefined ? undefined : shown}
        keyOf={({ key }) => key}
        answer={answer}
        empty={say('inboxEmpty')}
        columns={[
          { title: say('inboxKind'), render: (_, one) => say(one.kind) },
          { title: say('inboxItem'), render: (_, one) => one.what },
          { title: say('inboxFrom'), render: (_, one) => name(one.from) },
          {
            title: say('inboxDue'),
            render: (_, one) => one.due ?? <span className="muted">{say('noDue')}</span>,
          },
          { title: say('inboxWhy'), render: (_, one) => say(one.why) },
          { title: say('actions'), render: (_, one) => one.act },
        ]}
      />
    </Page>
  );
}
