import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Link } from '../parts/Link.tsx';
import { List } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { isWord } from '../parts/State.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import type { Words } from '../words/zh.ts';

interface Item {
  readonly key: string;
  readonly kind: keyof Words;
  readonly what: string;
  readonly from: string | undefined;
  /** a day; absent: nothing says until when */
  readonly due?: string;
  readonly why: keyof Words;
  readonly act: ReactNode;
}

type Waiting = Schemas['Waiting'];

/** What waits for her, the nearest deadline first. */
export function InboxPage(): ReactNode {
  const { say } = useWords();
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
  const items: Item[] = [
    ...(answer.value?.documents ?? []).map((one): Item => ({
      key: `${one.id}@${one.version}`,
      kind: one.kind === 'Agreement' ? 'kindAgreement' : 'kindRestriction',
      what: `${one.id}@${one.version}`,
      from: one.consumer ?? one.provider,
      why: 'whyApprove',
      act: <Link to={addressOf('agreements', [one.id, String(one.version)])}>{say('open')}</Link>,
    })),
    ...(answer.value?.persons ?? []).map((one): Item => ({
      key: one.person,
      kind: 'kindPerson',
      what: `${one.name}：${one.roles.map(({ role, department }) => `${isWord(`r_${role}`) ? say(`r_${role}`) : role}@${name(department)}`).join('、')}`,
      from: undefined,
      why: 'whyConfirm',
      act: (
        <Button size="small" aria-label={`${say('confirmPerson')}：${one.name}`} onClick={() => confirm(one)}>
          {say('confirm')}
        </Button>
      ),
    })),
    ...(answer.value?.duties ?? []).map((one): Item => ({
      key: one.id,
      kind: 'kindDuty',
      what: `${one.obligation} · ${one.dataset}`,
      from: one.provider,
      due: one.due,
      why: 'whyDuty',
      act: <Link to={addressOf('agreements', [], { consumer: one.consumer })}>{say('open')}</Link>,
    })),
  ].sort((one, other) => (one.due ?? '9').localeCompare(other.due ?? '9'));
  return (
    <Page title={say('inbox')} lead={say('inboxLead')} error={refused ?? answer.error} cli="npx datong inbox">
      {code === undefined ? null : (
        <p className="card" role="status">
          <strong>{say('confirmedCode', { code })}</strong>
        </p>
      )}
      <List<Item>
        label={say('inbox')}
        rows={answer.value === undefined ? undefined : items}
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
