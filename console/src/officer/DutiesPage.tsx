import type { ReactNode } from 'react';
import { agreementUnread, agreementUnreadWords } from '../../../terms/duty.ts';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { CommandLine } from '../parts/CommandLine.tsx';
import { List, placeIn } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { PrintButton } from '../parts/PrintButton.tsx';
import { State } from '../parts/State.tsx';
import { DatasetTitles } from '../parts/WithDatasets.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

/**
 * Duties that recipients accepted with the data. A statement signed with the department's key reports fulfilment, and this page does not
 * have that key.
 */
export function DutiesPage(): ReactNode {
  const { say, pick, number, day } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const { options, name } = useDepartments();
  const { due = '', department = '' } = filter;
  const { cursor, total } = placeIn(filter);
  const query = { department, due: due === '1' ? 'true' : '', cursor, total };
  const answer = useAnswer(`duties ${JSON.stringify(query)} ${turn}`, () => get('/v1/duties', { query }));
  const first = answer.value?.duties.find(({ state }) => state === 'due' || state === 'overdue');
  return (
    <Page
      title={say('duties')}
      lead={say('dutiesLead')}
      error={answer.error}
      cli="npx datong consent duty list"
      actions={<PrintButton />}
    >
      <div className="filters">
        <Choice name="department" label={say('department')} all={say('allDepartments')} options={options} />
        <Choice
          name="due"
          label={say('inboxDue')}
          all={say('dutiesAll')}
          options={[{ value: '1', text: say('dutiesSoon') }]}
        />
      </div>
      <List<Schemas['Duty']>
        label={say('duties')}
        rows={answer.value?.duties}
        keyOf={({ id }) => id}
        answer={answer}
        empty={say('dutiesEmpty')}
        page={answer.value}
        columns={[
          { title: say('inboxDue'), render: (_, one) => day(one.due) },
          { title: say('state'), render: (_, one) => <State state={one.state} /> },
          { title: say('dutyWhat'), render: (_, one) => say(`ob_${one.obligation}`) },
          { title: say('dutyOf'), render: (_, one) => name(one.consumer) },
          { title: say('dutyTo'), render: (_, one) => name(one.provider) },
          { title: say('dataset'), render: (_, one) => <DatasetTitles ids={[one.dataset]} /> },
          {
            title: say('agreement'),
            render: (_, one) =>
              one.agreement === agreementUnread ? pick(agreementUnreadWords) : one.agreement,
          },
          {
            title: say('dutyReceived'),
            render: (_, one) =>
              one.receivedFrom === one.receivedUntil
                ? day(one.receivedFrom)
                : `${day(one.receivedFrom)} – ${day(one.receivedUntil)}`,
          },
          { title: say('dutyExchanges'), align: 'right', render: (_, one) => number(one.exchanges) },
        ]}
      />
      {answer.value?.duties.some(({ agreement }) => agreement === agreementUnread) === true ? (
        <p>{say('dutyUnreadLead')}</p>
      ) : null}
      <section className="card" aria-label={say('dutyState')}>
        <h2>{say('dutyState')}</h2>
        <p>{say('dutyStateLead')}</p>
        <CommandLine
          label={say('dutyLine')}
          line={`npx datong consent duty state ${first?.states ?? 'deleted'} ${first?.id ?? '…'}`}
        />
      </section>
    </Page>
  );
}
