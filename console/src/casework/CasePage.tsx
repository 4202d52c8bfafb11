import type { ReactNode } from 'react';
import { titleIn } from '../../../terms/titleIn.ts';
import { asCall } from '../api/asCall.ts';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer, type Answered } from '../api/useAnswer.ts';
import { Facts } from '../parts/Facts.tsx';
import { Link } from '../parts/Link.tsx';
import { List } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { PrintButton } from '../parts/PrintButton.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import {
  actingIn,
  askCases,
  casesCommand,
  placeOf,
  setName,
  type Acting,
  type CaseRecord,
} from './acting.ts';
import { AreaMap } from './AreaMap.tsx';
import { CaseSteps } from './CaseSteps.tsx';
import { Due } from './Due.tsx';
import { useAreas } from './useAreas.ts';
import { Value } from './Value.tsx';
import { WhoSawCase } from './WhoSawCase.tsx';
import './casework.css';

/** Versions of a page of the timeline. */
const pageSize = 50;

/** One case: its fields, what the department may do next, and what was done. */
export function CasePage(): ReactNode {
  const { say, pick } = useWords();
  const { turn } = useSession();
  const { what, filter } = useRoute();
  const [dataset, department] = what;
  const answer = useAnswer(`case-datasets ${turn}`, () => get('/v1/case-datasets'));
  const set = answer.value?.datasets.find((one) => one.dataset === dataset && one.department === department);
  const acting = set === undefined ? undefined : actingIn(set, filter);
  const key = keyIn(filter['key'] ?? '');
  const title = `${say('cwCase')} ${Object.values(key ?? {}).join(' ')}`;
  return (
    <Page
      title={title}
      lead={set === undefined ? '' : pick(set.title)}
      error={answer.error}
      cli={asCall('GET /v1/case-datasets')}
      actions={
        <>
          <PrintButton />{' '}
          <Link to={addressOf('work', [], set === undefined ? {} : { set: setName(set) })}>
            {say('back')}
          </Link>
        </>
      }
    >
      {acting !== undefined && key !== undefined ? (
        <Case acting={acting} caseKey={key} />
      ) : answer.value === undefined ? null : (
        <p role="status">{say('cwNotFound')}</p>
      )}
    </Page>
  );
}

type Key = Schemas['CaseChange']['key'];

/** The key in the address; undefined where it is none. */
function keyIn(text: string): Key | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const isKey = Object.values(value).every((one) => ['string', 'number', 'boolean'].includes(typeof one));
    return isKey ? (value as Key) : undefined;
  } catch {
    return undefined;
  }
}

function Case({ acting, caseKey }: { readonly acting: Acting; readonly caseKey: Key }): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const filter = Object.entries(caseKey).map(([field, value]) => ({ field, op: 'eq' as const, value }));
  const asked = JSON.stringify([setName(acting.set), acting.agreement.agreement, acting.purpose, caseKey]);
  const answer = useAnswer(`case ${asked} ${turn}`, () => askCases(acting, { query: { filter, limit: 1 } }));
  const hasHistory = acting.agreement.history;
  const { filter: address } = useRoute();
  const cursor = address['versions'] ?? '';
  const history = useAnswer(`history ${asked} ${cursor} ${turn}`, async () =>
    hasHistory
      ? askCases(acting, {
          query: { filter, history: true, limit: pageSize, ...(cursor === '' ? {} : { cursor }) },
        })
      : undefined,
  );
  const [record] = answer.value?.records ?? [];
  const version = answer.value?.versions?.[0];
  const again = (): void => {
    answer.again();
    history.again();
  };
  return (
    <>
      <Refusal error={answer.error ?? history.error} cli={casesCommand(acting)} />
      {answer.value !== undefined && record === undefined ? <p role="status">{say('cwNotFound')}</p> : null}
      {record === undefined ? null : (
        <>
          <CaseFacts acting={acting} record={record} version={version} due={answer.value?.due?.[0]} />
          {version === undefined ? null : (
            <CaseSteps
              key={asked}
              acting={acting}
              caseKey={caseKey}
              record={record}
              withheld={answer.value?.withheld}
              version={version}
              again={again}
            />
          )}
          <CasePlace acting={acting} record={record} />
          <Timeline answer={history} acting={acting} />
          <WhoSawCase key={`seen ${asked}`} set={acting.set} caseKey={caseKey} />
        </>
      )}
    </>
  );
}

function CaseFacts(props: {
  readonly acting: Acting;
  readonly record: CaseRecord;
  readonly version: number | undefined;
  readonly due: Schemas['CaseDeadline'] | null | undefined;
}): ReactNode {
  const { acting, record, version, due } = props;
  const { say, pick } = useWords();
  const { fields } = acting.set;
  return (
    <section className="card" aria-label={say('cwCase')}>
      <Facts
        of={[
          ...fields
            .filter(({ name }) => record[name] !== undefined && record[name] !== null)
            .map(
              (field) =>
                [
                  pick(field.title),
                  <Value key={field.name} acting={acting} field={field} value={record[field.name]} />,
                ] as const,
            ),
          [
            say('cwDue'),
            due === undefined || due === null ? undefined : <Due key="due" set={acting.set} due={due} />,
          ],
          [say('cwVersion'), version],
        ]}
      />
    </section>
  );
}

function CasePlace({ acting, record }: { readonly acting: Acting; readonly record: CaseRecord }): ReactNode {
  const { say } = useWords();
  const at = placeOf(acting.set, record);
  const features = useAreas(at !== undefined);
  if (at === undefined || features.length === 0) return null;
  return (
    <section className="card">
      <h2>{say('cwMap')}</h2>
      <AreaMap label={say('cwMap')} areas={features} dots={[{ at, label: say('cwCase') }]} />
    </section>
  );
}

function Timeline(props: {
  readonly answer: Answered<Schemas['QueryAnswer'] | undefined>;
  readonly acting: Acting;
}): ReactNode {
  const { answer, acting } = props;
  const { say, pick, when } = useWords();
  const { name } = useDepartments();
  const titleOf = (field: string): string => {
    const title = acting.set.fields.find((one) => one.name === field)?.title;
    return title === undefined ? field : pick(title);
  };
  return (
    <section className="card">
      <h2>{say('cwTimeline')}</h2>
      {acting.agreement.history ? (
        <List<Schemas['VersionNote']>
          label={say('cwTimeline')}
          answer={answer}
          keyOf={({ version }) => String(version)}
          rows={answer.value?.history}
          empty={say('cwNoVersions')}
          page={answer.value}
          cursorName="versions"
          columns={[
            { title: say('cwVersion'), render: (_, one) => one.version },
            { title: say('when'), render: (_, one) => when(one.at) },
            { title: say('cwBy'), render: (_, one) => name(one.department) },
            {
              title: say('cwStep'),
              render: (_, { transition }) =>
                transition === undefined ? (
                  ''
                ) : (
                  <span title={transition}>{pick(titleIn(acting.set.titles.transitions, transition))}</span>
                ),
            },
            {
              title: say('cwFields'),
              render: (_, one) => one.fields.map(titleOf).join(say('pointList')),
            },
          ]}
        />
      ) : (
        <p className="muted">{say('cwNoHistory')}</p>
      )}
    </section>
  );
}
