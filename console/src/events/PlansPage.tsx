import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get, type Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { sortedBy } from '../parts/List.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { WithDatasets } from '../parts/WithDatasets.tsx';
import { addressOf } from '../route.ts';
import { hasDepartment, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { PlanState } from './PlanState.tsx';

/** 预案: which events open a response, who must acknowledge, and which purpose is usable until the event is closed. */
export function PlansPage(): ReactNode {
  const { say, pick, number } = useWords();
  const { session } = useSession();
  const { name, options } = useDepartments();
  return (
    <ListPage
      title={say('plans')}
      lead={say('planLead')}
      cli={asCall('GET /v1/response-plans')}
      actions={
        hasDepartment(session, ['steward']) ? (
          <Link button to={addressOf('plans', ['new'])}>
            {say('planNew')}
          </Link>
        ) : null
      }
      filters={[{ name: 'department', label: say('department'), all: say('allDepartments'), options }]}
      ask={({ department }, place) => get('/v1/response-plans', { query: { department, ...place } })}
      rowsOf={({ plans }): readonly Schemas['ResponsePlanView'][] => plans}
      keyOf={({ id }) => id}
      empty={say('planEmpty')}
      columns={[
        {
          ...sortedBy('title'),
          title: say('oePlan'),
          render: (_, one) => (
            <>
              <Link to={addressOf('plans', [one.id])}>{pick(one.title)}</Link>
              <br />
              <code className="muted">{one.id}</code>
            </>
          ),
        },
        { ...sortedBy('department'), title: say('department'), render: (_, one) => name(one.department) },
        {
          title: say('oeType'),
          render: (_, one) => <WithDatasets ids={[one.type]} text={(title) => title} />,
        },
        { title: say('planSteps'), align: 'right', render: (_, one) => number(one.steps.length) },
        { title: say('planRevision'), align: 'right', render: (_, one) => number(one.revision) },
        { title: say('state'), render: (_, one) => <PlanState of={one} /> },
      ]}
    />
  );
}
