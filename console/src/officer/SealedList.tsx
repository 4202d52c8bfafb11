import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { download } from '../parts/download.ts';
import { Facts } from '../parts/Facts.tsx';
import { Field } from '../parts/Field.tsx';
import { LabelledTable } from '../parts/LabelledTable.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useAct } from '../parts/useAct.ts';
import { useSession } from '../session.ts';
import { useDraft } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import { word } from './question.ts';

type Requested = Schemas['EvidenceRequested'];
type Subject = Schemas['SealedList']['subjects'][number];

/** Identifiers sent in one opening. */
const maxIdentifiers = 1_000;
/** Tokens shown in the table. */
const maxShown = 100;

interface Opened {
  readonly subjects: readonly Subject[];
  /** identifiers found on the list; absent where none were compared */
  readonly concerned?: readonly string[];
  readonly compared: number;
}

/**
 * A sealed list of the persons whom an incident affects. The person who requested it and the one who released it may open it, each alone
 * and each time with a reason. The list is not stored in this browser.
 */
export function SealedList(props: {
  readonly of: Requested;
  readonly list: NonNullable<Requested['list']>;
}): ReactNode {
  const { of, list } = props;
  const { say, when, number } = useWords();
  const { session } = useSession();
  const mine = [of.askedBy, of.answeredBy].includes(session.person);
  return (
    <section className="card no-print" aria-label={say('slTitle')}>
      <h2>{say('slTitle')}</h2>
      <Facts
        of={[
          [say('slSubjects'), number(list.subjects)],
          [say('slUntil'), when(list.until)],
        ]}
      />
      {of.state === 'waiting' ? <p role="note">{say('slWaits')}</p> : null}
      {of.state !== 'released' ? null : mine ? <Opening id={of.id} /> : <p role="note">{say('slOthers')}</p>}
    </section>
  );
}

function Opening({ id }: { readonly id: string }): ReactNode {
  const { say } = useWords();
  const { act, sending, error } = useAct();
  const { value: draft, set, sent } = useDraft(`sealed list ${id}`, { reason: '', dataset: '' });
  // identifiers exist in this page's memory only
  const [identifiers, setIdentifiers] = useState('');
  const typed = { ...draft, identifiers };
  const [opened, setOpened] = useState<Opened>();
  const values = typed.identifiers.split(/\r?\n/).map((line) => line.trim());
  const open = (): void => {
    setOpened(undefined);
    const compared = values.filter((line) => line !== '');
    act(
      () => openList(id, { ...typed, values: compared }),
      (answered) => {
        sent();
        setOpened(answered);
      },
    );
  };
  const comparing = values.some((one) => one !== '')
    ? ` --dataset ${word(typed.dataset) || '…'} --compare FILE`
    : '';
  const line = `npx datong audit subjects ${id}${comparing} --reason …`;
  return (
    <form
      className="form"
      aria-label={say('slOpen')}
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        open();
      }}
    >
      <Field
        label={say('askReason')}
        value={typed.reason}
        change={(reason) => set({ reason })}
        required
        least={2}
        most={200}
      />
      <TextField
        label={say('slIdentifiers')}
        hint={say('slIdentifiersHint')}
        rows={4}
        required={false}
        maxLength={200_000}
        value={typed.identifiers}
        set={setIdentifiers}
      />
      {typed.identifiers.trim() === '' ? null : (
        <Field
          label={say('slDataset')}
          value={typed.dataset}
          change={(dataset) => set({ dataset })}
          required
          most={101}
        />
      )}
      <div className="row-form">
        <CommandLine label={say('sameByCli')} line={line} />
        <Button type="primary" htmlType="submit" disabled={sending}>
          {say('slOpen')}
        </Button>
      </div>
      <Refusal error={error} cli={line} />
      {opened === undefined ? null : <OpenedList id={id} of={opened} />}
    </form>
  );
}

/** Opens the list. Many identifiers are sent in parts; each part is an opening with a separate log entry. */
async function openList(
  id: string,
  asked: { readonly reason: string; readonly dataset: string; readonly values: readonly string[] },
): Promise<Opened> {
  const { reason, dataset, values } = asked;
  const concerned: string[] = [];
  let subjects: readonly Subject[] = [];
  for (let from = 0; from === 0 || from < values.length; from += maxIdentifiers) {
    const part = values.slice(from, from + maxIdentifiers);
    const compare = part.length === 0 ? {} : { compare: { dataset, values: part } };
    const answer = await post(
      '/v1/log/incidents/subjects/{evidence}/opening',
      { reason, ...compare },
      { at: { evidence: id } },
    );
    ({ subjects } = answer);
    concerned.push(...(answer.concerned ?? []).flatMap((place) => part[place] ?? []));
  }
  return { subjects, compared: values.length, ...(values.length === 0 ? {} : { concerned }) };
}

function OpenedList({ id, of }: { readonly id: string; readonly of: Opened }): ReactNode {
  const { say, number } = useWords();
  const { subjects, concerned, compared } = of;
  if (concerned !== undefined)
    return (
      <div role="status">
        <p>
          {say('slCompared', {
            n: number(concerned.length),
            of: number(compared),
            all: number(subjects.length),
          })}
        </p>
        {concerned.length === 0 ? null : (
          <Button
            onClick={() =>
              download(`concerned-${id}.txt`, concerned.map((one) => `${one}\n`).join(''), 'text/plain')
            }
          >
            {say('keepFile')}
          </Button>
        )}
      </div>
    );
  return (
    <div role="status">
      <p>{say('slHolds', { n: number(subjects.length) })}</p>
      <LabelledTable<Subject>
        aria-label={say('slTitle')}
        size="small"
        pagination={false}
        rowKey={({ token, year }) => `${year} ${token}`}
        dataSource={subjects.slice(0, maxShown)}
        columns={[
          { title: say('slToken'), render: (_, one) => <code>{one.token}</code> },
          { title: say('slYear'), dataIndex: 'year' },
          { title: say('slEntries'), align: 'right', render: (_, one) => number(one.entries) },
        ]}
      />
      {subjects.length > maxShown ? <p className="muted">{say('slMore', { n: maxShown })}</p> : null}
      <Button onClick={() => download(`subjects-${id}.json`, JSON.stringify(subjects))}>
        {say('keepFile')}
      </Button>
    </div>
  );
}
