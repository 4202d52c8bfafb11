import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Bar } from '../parts/Bar.tsx';
import { List } from '../parts/List.tsx';
import { State } from '../parts/State.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { usePurposes } from '../requests/usePurposes.ts';
import { useWords } from '../words/words.ts';

type Use = Schemas['AgreementUse'];

/** What was taken today from the limits of an agreement in force, and the newest calls under it. */
export function AgreementUse({ id }: { readonly id: string }): ReactNode {
  const { say, when, number } = useWords();
  const { name } = useDepartments();
  const answer = useAnswer(`use ${id}`, () =>
    get('/v1/policy/documents/{document}/use', { at: { document: id } }),
  );
  const use = answer.value;
  return (
    <section className="card">
      <h2>{say('auTitle')}</h2>
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
          { title: say('readsAt'), render: (_, one) => when(one.at) },
          {
            title: say('consumer'),
            render: (_, one) => (one.consumer === undefined ? '—' : name(one.consumer)),
          },
          { title: say('dataset'), render: (_, one) => one.dataset ?? '—' },
          { title: say('decision'), render: (_, one) => <State state={one.decision} /> },
          {
            title: say('auCode'),
            render: (_, one) => (one.code === undefined ? '—' : <code>{one.code}</code>),
          },
          {
            title: say('auRows'),
            align: 'right',
            render: (_, one) => (one.rows === undefined ? '—' : number(one.rows)),
          },
          { title: say('auExchange'), render: (_, one) => <code>{one.exchange}</code> },
        ]}
      />
    </section>
  );
}

function Quotas({ use }: { readonly use: Use }): ReactNode {
  const { say, number, day } = useWords();
  const { name } = useDepartments();
  const purposes = usePurposes();
  const limited = use.quotas.filter(({ taken }) => taken.length > 0);
  if (use.quotas.length === 0) return <p>{say('auNotInForce')}</p>;
  if (limited.length === 0) return <p>{say('auNoLimits')}</p>;
  return (
    <>
      <p className="muted">{say('auDay', { day: day(use.day) })}</p>
      <ul>
        {limited.flatMap(({ consumer, dataset, purpose, taken }) =>
          taken.map(({ of, taken: used, max }) => (
            <li key={`${consumer} ${dataset} ${purpose} ${of}`}>
              <Bar
                share={used / max}
                text={say('auTaken', {
                  consumer: name(consumer),
                  dataset,
                  purpose: purposes.name(purpose),
                  used: number(used),
                  max: number(max),
                  unit: say(`auUnit_${of}`),
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
