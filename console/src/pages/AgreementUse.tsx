import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Bar } from '../parts/Bar.tsx';
import { List } from '../parts/List.tsx';
import { State } from '../parts/State.tsx';
import { ProblemText } from '../parts/ProblemText.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { DatasetTitles } from '../parts/WithDatasets.tsx';
import { useDatasetNames } from '../parts/useDatasetNames.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { usePurposes } from '../requests/usePurposes.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

type Use = Schemas['AgreementUse'];

/** Today's use of the limits of an agreement in force, and the newest calls under it. */
export function AgreementUse({ id }: { readonly id: string }): ReactNode {
  const { say, when, number } = useWords();
  const { name } = useDepartments();
  const { turn } = useSession();
  const answer = useAnswer(`use ${id} ${turn}`, () =>
    get('/v1/policy/documents/{document}/use', { at: { document: id } }),
  );
  const use = answer.value;
  return (
    <section className="card">
      <h2>{say('auTitle')}</h2>
      <Refusal
        error={answer.error}
        cli={asCall('GET /v1/policy/documents/{document}/use', { at: { document: id } })}
      />
      {use === undefined ? null : <Quotas use={use} />}
      <h3>{say('auCalls')}</h3>
      {use?.missing === undefined ? null : (
        <p role="alert">
          {say(use.moreMissing === true ? 'auMoreMissing' : 'auMissing', {
            count: number(use.missing.length),
          })}
        </p>
      )}
      <List<Use['calls'][number]>
        label={say('auCalls')}
        rows={use?.calls}
        keyOf={({ exchange }) => exchange}
        answer={answer}
        empty={say('auNoCalls')}
        columns={[
          { title: say('readsAt'), render: (_, call) => when(call.at) },
          {
            title: say('consumer'),
            render: (_, call) => (call.consumer === undefined ? '—' : name(call.consumer)),
          },
          {
            title: say('dataset'),
            render: (_, call) => (call.dataset === undefined ? '—' : <DatasetTitles ids={[call.dataset]} />),
          },
          { title: say('decision'), render: (_, call) => <State state={call.decision} /> },
          {
            title: say('auCode'),
            render: (_, call) => <ProblemText code={call.code} />,
          },
          {
            title: say('auRows'),
            align: 'right',
            render: (_, call) => (call.rows === undefined ? '—' : number(call.rows)),
          },
          { title: say('auExchange'), render: (_, call) => <code>{call.exchange}</code> },
        ]}
      />
    </section>
  );
}

function Quotas({ use }: { readonly use: Use }): ReactNode {
  const { say, number, day } = useWords();
  const { name } = useDepartments();
  const purposes = usePurposes();
  const titleOf = useDatasetNames(use.quotas.map(({ dataset }) => dataset));
  const limited = use.quotas.filter(({ taken }) => taken.length > 0);
  if (use.quotas.length === 0) return <p>{say('auNotInForce')}</p>;
  if (limited.length === 0) return <p>{say('auNoLimits')}</p>;
  return (
    <>
      <p className="muted">{say('auDay', { day: day(use.day) })}</p>
      <ul>
        {limited.flatMap(({ consumer, dataset, purpose, taken: limits }) =>
          limits.map(({ of: unit, taken: used, max }) => (
            <li key={`${consumer} ${dataset} ${purpose} ${unit}`}>
              <Bar
                share={used / max}
                text={say('auTaken', {
                  consumer: name(consumer),
                  dataset: titleOf(dataset),
                  purpose: purposes.name(purpose),
                  used: number(used),
                  max: number(max),
                  unit: say(`auUnit_${unit}`),
                  left: number(Math.max(0, max - used)),
                })}
              />
            </li>
          )),
        )}
      </ul>
    </>
  );
}
