import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { entriesOf, type Entry } from '../api/leaf.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Field } from '../parts/Field.tsx';
import { List } from '../parts/List.tsx';
import { MissingNote } from '../parts/MissingNote.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { State } from '../parts/State.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { usePurposes } from '../requests/usePurposes.ts';
import { addressOf } from '../route.ts';
import { hasRoleFor, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { Link } from '../parts/Link.tsx';
import type { CaseDataset } from './acting.ts';

const pageSize = 50;

interface CaseNamed {
  readonly set: CaseDataset;
  readonly caseKey: Schemas['PrimaryKey'];
}
interface Why {
  readonly reason: string;
  readonly case: string;
}

/**
 * Who read the data of the person whom a case is about, from this dataset. It is a search of the log: for auditors of the provider and of
 * the data office, with reason and case, and logged.
 */
export function WhoSawCase(named: CaseNamed): ReactNode {
  const { say } = useWords();
  const { session } = useSession();
  // a request for evidence that follows begins with them
  const [reason, setReason] = useDraftText('evidence reason');
  const [number, setNumber] = useDraftText('evidence number');
  const [asked, setAsked] = useState<{ readonly nth: number; readonly why: Why }>();
  if (!hasRoleFor(session, ['auditor'], named.set.provider)) return null;
  return (
    <section className="card no-print" aria-label={say('cwSeen')}>
      <h2>{say('cwSeen')}</h2>
      <p className="muted">{say('cwSeenLead')}</p>
      <form
        className="row-form"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked({ nth: (asked?.nth ?? 0) + 1, why: { reason, case: number } });
        }}
      >
        <Field label={say('askReason')} value={reason} change={setReason} required least={2} most={200} />
        <Field label={say('askCase')} value={number} change={setNumber} required least={2} most={100} />
        <Button htmlType="submit">{say('cwSeenAsk')}</Button>
      </form>
      {asked === undefined ? null : <Readings key={asked.nth} {...named} why={asked.why} />}
    </section>
  );
}

function Readings({ set, caseKey, why }: CaseNamed & { readonly why: Why }): ReactNode {
  const { say, when } = useWords();
  const { turn } = useSession();
  const { name } = useDepartments();
  const purposes = usePurposes();
  const [before, setBefore] = useState<number>();
  const { dataset } = set;
  const answer = useAnswer(JSON.stringify([dataset, caseKey, why, before, turn]), () =>
    post('/v1/log/searches', {
      dataset,
      kind: 'release',
      subject: { dataset, key: caseKey, ...why },
      limit: pageSize,
      ...(before === undefined ? {} : { before }),
    }),
  );
  const { value } = answer;
  const next = value?.next;
  return (
    <>
      <Refusal error={answer.error} cli={commandOf(dataset, caseKey)} />
      <MissingNote of={value} />
      {value?.unsearchableYears === undefined ? null : (
        <p role="note">{say('yearsLost', { years: value.unsearchableYears.join(say('pointList')) })}</p>
      )}
      <List<Entry>
        label={say('cwSeen')}
        rows={value === undefined ? undefined : entriesOf(value)}
        keyOf={({ index }) => String(index)}
        answer={answer}
        empty={say('cwSeenNone')}
        columns={[
          {
            title: say('when'),
            render: (_, { index, leaf }) => (
              <Link to={addressOf('audit', [String(index)])}>{when(leaf.at)}</Link>
            ),
          },
          { title: say('department'), render: (_, { leaf }) => name(leaf.consumer) },
          { title: say('official'), render: (_, { leaf }) => leaf.onBehalfOf ?? '—' },
          {
            title: say('samplePurpose'),
            render: (_, { leaf }) =>
              leaf.purpose === undefined ? (
                '—'
              ) : (
                <span title={leaf.purpose}>{purposes.name(leaf.purpose)}</span>
              ),
          },
          {
            title: say('decision'),
            render: (_, { leaf, attempt }) => (
              <>
                <State state={leaf.decision} />
                {attempt === true ? <span className="state">{say('attempt')}</span> : null}
              </>
            ),
          },
        ]}
      />
      <div className="pager">
        <Button disabled={before === undefined} onClick={() => setBefore(undefined)}>
          {say('newer')}
        </Button>
        <Button disabled={next === undefined} onClick={() => setBefore(next)}>
          {say('older')}
        </Button>
      </div>
    </>
  );
}

/** The same search as a command line, without reason and case number. */
function commandOf(dataset: string, key: CaseNamed['caseKey']): string {
  const keys = Object.keys(key).map((field) => ` --key ${field}=…`);
  return `npx datong audit search --dataset ${dataset} --reason … --case … --as auditor${keys.join('')}`;
}
