import { Segmented } from 'antd';
import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { List } from '../parts/List.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { useRoute } from '../route.ts';
import { hasRole, hasRoleFor, readers, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

const dayMs = 86_400_000;
const spans = ['7', '30', '90', '365'] as const;

/** How the departments work on the cases of a dataset, counted from the log. A contributor sees its own steps. */
export function CasesCard({ dataset }: { readonly dataset: Schemas['DatasetView'] }): ReactNode {
  const { say, pick, number } = useWords();
  const { session, turn } = useSession();
  const { name } = useDepartments();
  const { filter, refine } = useRoute();
  const { id, department, intake } = dataset;
  const { cases } = intake;
  const parties = [department, ...(cases?.contributors ?? []).map((one) => one.department)];
  const roles = [...readers, 'leader'] as const;
  const mayRead =
    cases !== undefined && hasRole(session, roles) && parties.some((one) => hasRoleFor(session, roles, one));
  const days = spans.find((one) => one === filter['days']) ?? '30';
  const answer = useAnswer(`cases ${id} ${days} ${turn}`, async () => {
    if (!mayRead) return undefined;
    const from = new Date(Date.now() - Number(days) * dayMs).toISOString();
    return get('/v1/datasets/{dataset}/case-statistics', { at: { dataset: id }, query: { from } });
  });
  if (!mayRead) return null;
  const hours = (seconds: number): string => number(Math.round(seconds / 360) / 10);
  const stepName = (id: string): string => pick(cases.transitions.find((one) => one.id === id)?.title) || id;
  const { opened, closed, openedAndClosed, medianSecondsToClose, missed = [] } = answer.value ?? {};
  return (
    <section className="card">
      <h2>{say('csTitle')}</h2>
      <Refusal
        error={answer.error}
        cli={asCall('GET /v1/datasets/{dataset}/case-statistics', { at: { dataset: id } })}
      />
      <Segmented
        aria-label={say('csSpan')}
        value={days}
        options={spans.map((value) => ({ value, label: say('csDays', { n: value }) }))}
        onChange={(value) => refine({ days: value })}
      />
      {opened === undefined || closed === undefined ? null : (
        <p>
          {say('csWhole', {
            opened: number(opened),
            closed: number(closed),
            both: number(openedAndClosed ?? 0),
          })}
          {medianSecondsToClose === undefined
            ? ''
            : ` ${say('csMedian', { hours: hours(medianSecondsToClose) })}`}
        </p>
      )}
      <List
        label={say('csTitle')}
        answer={answer}
        keyOf={(one) => `${one.transition} ${one.department}`}
        rows={answer.value?.steps}
        empty={say('csNone')}
        columns={[
          {
            title: say('csStep'),
            render: (_, one) => <span title={one.transition}>{stepName(one.transition)}</span>,
          },
          { title: say('department'), render: (_, one) => name(one.department) },
          { title: say('csMade'), align: 'right', render: (_, one) => number(one.made) },
          { title: say('csInTime'), align: 'right', render: (_, one) => number(one.inTime) },
          { title: say('csLate'), align: 'right', render: (_, one) => number(one.late) },
          { title: say('csHours'), align: 'right', render: (_, one) => hours(one.medianSeconds) },
        ]}
      />
      {missed.map((one) => (
        <p key={`${one.transition} ${one.departments}`}>
          {say('csMissed', {
            n: number(one.cases),
            transition: stepName(one.transition),
            departments: one.departments.split(', ').map(name).join(say('pointList')),
          })}
        </p>
      ))}
    </section>
  );
}
