import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { CommandLine } from '../parts/CommandLine.tsx';
import { List, placeIn } from '../parts/List.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

type StandIn = Schemas['StandInList']['standIns'][number];

/** Deputies of data stewards: until a day, or permanent second approvers. */
export function StandIns(): ReactNode {
  const { say, day } = useWords();
  const { turn } = useSession();
  const { name } = useDepartments();
  const { filter } = useRoute();
  // the order in the address is that of the persons
  const { cursor, total } = placeIn(filter, 'standIns');
  const query = { as: filter['as'], cursor, total };
  const answer = useAnswer(`stand-ins ${JSON.stringify(query)} ${turn}`, () =>
    get('/v1/stand-ins', { query }),
  );
  return (
    <section className="card" aria-label={say('standIns')}>
      <h2>{say('standIns')}</h2>
      <Refusal error={answer.error} cli={asCall('GET /v1/stand-ins')} />
      <div className="filters">
        <Choice
          name="as"
          label={say('kind')}
          all={say('allKinds')}
          cursorName="standIns"
          options={(['deputy', 'second'] as const).map((value) => ({ value, text: say(`si_${value}`) }))}
        />
      </div>
      <List<StandIn>
        label={say('standIns')}
        rows={answer.value?.standIns}
        keyOf={({ id }) => id}
        answer={answer}
        empty={say('standInsEmpty')}
        page={answer.value}
        cursorName="standIns"
        columns={[
          { title: say('standInPerson'), render: (_, one) => one.personName },
          { title: say('standInFor'), render: (_, one) => one.stewardName },
          { title: say('kind'), render: (_, one) => say(`si_${one.as}`) },
          { title: say('department'), render: (_, one) => name(one.department) },
          { title: say('standInUntil'), render: (_, one) => day(one.until) || '—' },
          { title: say('whyReason'), render: (_, one) => one.reason },
        ]}
      />
      <CommandLine label={say('standInName')} line="npx datong review deputy name --help" />
    </section>
  );
}
