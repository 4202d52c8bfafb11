import { Button, type TableColumnsType } from 'antd';
import { useState, type ReactNode } from 'react';
import { titleIn } from '../../../terms/titleIn.ts';
import { asCall } from '../api/asCall.ts';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { Field, Pick } from '../parts/Field.tsx';
import { Link } from '../parts/Link.tsx';
import { List } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { usePurposes } from '../requests/usePurposes.ts';
import { addressOf, useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import {
  actingIn,
  askCases,
  casesCommand,
  keyOf,
  placeFieldIn,
  placeOf,
  setName,
  type Acting,
  type CaseRecord,
  type CasesAsked,
} from './acting.ts';
import { AreaMap } from './AreaMap.tsx';
import { Due } from './Due.tsx';
import { useAreas } from './useAreas.ts';
import { Value } from './Value.tsx';
import './casework.css';

/** Fields shown in a row of the list, in addition to the key. */
const maxShown = 5;
const pageSize = 50;

/** 协同办件: cases that the person's departments work on. */
export function CaseListPage(): ReactNode {
  const { say, pick } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const answer = useAnswer(`case-datasets ${turn}`, () => get('/v1/case-datasets'));
  const sets = answer.value?.datasets ?? [];
  const wanted = filter['set'];
  // a link to a dataset leaves the department open
  const set =
    sets.find((one) => setName(one) === wanted) ?? sets.find((one) => one.dataset === wanted) ?? sets[0];
  const acting = set === undefined ? undefined : actingIn(set, filter);
  const { name } = useDepartments();
  return (
    <Page title={say('work')} lead={say('cwLead')} error={answer.error} cli={asCall('GET /v1/case-datasets')}>
      {answer.value !== undefined && set === undefined ? <p role="status">{say('cwNoSets')}</p> : null}
      {set === undefined ? null : (
        <div className="filters">
          <Chosen
            name="set"
            label={say('cwSet')}
            value={setName(set)}
            options={sets.map((one) => ({
              value: setName(one),
              text: `${pick(one.title)} · ${name(one.department)}`,
            }))}
          />
          {acting === undefined ? null : <Under acting={acting} />}
        </div>
      )}
      {set !== undefined && acting === undefined ? <p role="status">{say('cwNoAgreement')}</p> : null}
      {acting === undefined ? null : acting.agreement.matter ? (
        <p role="status">{say('cwMatterNeeded')}</p>
      ) : (
        <Cases key={`${setName(acting.set)} ${acting.agreement.agreement}`} acting={acting} />
      )}
    </Page>
  );
}

/** A choice in the address that begins another list. */
function Chosen(props: {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
}): ReactNode {
  const { name, label, value, options } = props;
  const { refine } = useRoute();
  return (
    <Pick
      label={label}
      value={value}
      options={options}
      change={(to) => refine({ [name]: to, state: '', area: '', cursor: '' })}
    />
  );
}

/** The agreement and the purpose, where there is a choice. */
function Under({ acting }: { readonly acting: Acting }): ReactNode {
  const { say, pick } = useWords();
  const { set, agreement, purpose } = acting;
  const purposes = usePurposes();
  return (
    <>
      {set.agreements.length < 2 ? null : (
        <Chosen
          name="agreement"
          label={say('cwAgreement')}
          value={agreement.agreement}
          options={set.agreements.map((one) => ({ value: one.agreement, text: pick(one.title) }))}
        />
      )}
      {agreement.purposes.length < 2 ? null : (
        <Chosen
          name="purpose"
          label={say('cwPurpose')}
          value={purpose}
          options={agreement.purposes.map((one) => ({ value: one, text: purposes.name(one) }))}
        />
      )}
    </>
  );
}

type Term = NonNullable<NonNullable<Schemas['CaseQuery']['query']>['filter']>[number];
/** What is looked for by its beginning: never in the address, because it may be personal. */
interface Sought {
  readonly field: string;
  readonly text: string;
}

/** The question that the address and the search ask. */
function askedIn(
  { set, agreement }: Acting,
  filter: Readonly<Record<string, string>>,
  sought: Sought | undefined,
): CasesAsked {
  const { state = '', area = '', due, cursor = '' } = filter;
  const terms: Term[] = [];
  if (state !== '' && agreement.filterBy.includes(set.state))
    terms.push({ field: set.state, op: 'eq', value: state });
  const place = placeFilter(set, agreement);
  if (place !== undefined && area !== '') {
    const [list = '', code = ''] = area.split(' ');
    const within = { area: { list: `urn:datong:code:${list}`, code } };
    terms.push({ field: place, op: 'within', value: within });
  }
  if (sought !== undefined) {
    const range = { gte: sought.text, lt: `${sought.text}\u{10ffff}` };
    terms.push({ field: sought.field, op: 'range', value: range });
  }
  return {
    query: { filter: terms, limit: pageSize, ...(cursor === '' ? {} : { cursor }) },
    ...(due === 'missed' || due === 'noticed' ? { notices: due } : {}),
  };
}

/** The field of the place, where the agreement lets one filter by it. */
const placeFilter = ({ fields }: Acting['set'], { filterBy }: Acting['agreement']): string | undefined =>
  fields.find(({ name, kind }) => kind === 'place' && filterBy.includes(name))?.name;

function Cases({ acting }: { readonly acting: Acting }): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const { filter, refine } = useRoute();
  const [sought, setSought] = useState<Sought>();
  const { set } = acting;
  const features = useAreas(placeFieldIn(set) !== undefined);
  const asked = askedIn(acting, filter, sought);
  const answer = useAnswer(`cases ${JSON.stringify([setName(set), acting.purpose, asked])} ${turn}`, () =>
    askCases(acting, asked),
  );
  return (
    <>
      <Filters acting={acting} features={features} />
      <Search
        acting={acting}
        find={(one) => {
          setSought(one);
          refine({ cursor: '' });
        }}
      />
      <Refusal error={answer.error} cli={casesCommand(acting)} />
      <CaseTable acting={acting} answer={answer} />
      {features.length === 0 ? null : (
        <section className="card">
          <h2>{say('cwMap')}</h2>
          <AreaMap
            label={say('cwMap')}
            areas={features}
            dots={dotsOf(acting, answer.value?.records ?? [])}
            selected={filter['area']?.split(' ')[1] ?? ''}
          />
          <p className="muted">{say('cwMapNote')}</p>
        </section>
      )}
    </>
  );
}

function Filters(props: {
  readonly acting: Acting;
  readonly features: ReturnType<typeof useAreas>;
}): ReactNode {
  const { acting, features } = props;
  const { say, pick } = useWords();
  const { set, agreement } = acting;
  const states = set.fields.find(({ name }) => name === set.state)?.values ?? [];
  return (
    <div className="filters">
      {agreement.filterBy.includes(set.state) ? (
        <Choice
          name="state"
          label={say('state')}
          all={say('cwStateAll')}
          options={states.map((value) => ({ value, text: pick(titleIn(set.titles.states, value)) }))}
        />
      ) : null}
      <Choice
        name="due"
        label={say('cwDue')}
        all={say('cwDueAll')}
        options={[
          { value: 'missed', text: say('cwDueMissed') },
          { value: 'noticed', text: say('cwDueNoticed') },
        ]}
      />
      {placeFilter(set, agreement) === undefined || features.length === 0 ? null : (
        <Choice
          name="area"
          label={say('cwArea')}
          all={say('cwAreaAll')}
          options={features.map(({ properties: { list, code, zh, en = zh } }) => ({
            value: `${list} ${code}`,
            text: pick({ zh, en }),
          }))}
        />
      )}
    </div>
  );
}

/** By the beginning of a text field that the agreement lets one filter by. */
function Search(props: {
  readonly acting: Acting;
  readonly find: (sought: Sought | undefined) => void;
}): ReactNode {
  const { acting, find } = props;
  const { say, pick } = useWords();
  const { set, agreement } = acting;
  const texts = set.fields.filter(({ name, kind }) => kind === 'text' && agreement.filterBy.includes(name));
  const [field, setField] = useState(texts[0]?.name ?? '');
  const [text, setText] = useState('');
  if (texts.length === 0) return null;
  return (
    <form
      className="row-form no-print"
      onSubmit={(event) => {
        event.preventDefault();
        find(text === '' ? undefined : { field, text });
      }}
    >
      <Pick
        label={say('cwField')}
        value={field}
        change={setField}
        options={texts.map((one) => ({ value: one.name, text: pick(one.title) }))}
      />
      <Field label={say('cwValue')} value={text} change={setText} most={100} />
      <Button htmlType="submit">{say('cwFind')}</Button>
    </form>
  );
}

interface CaseRow {
  readonly record: CaseRecord;
  readonly key: string;
  readonly due: Schemas['CaseDeadline'] | null | undefined;
}

function CaseTable(props: {
  readonly acting: Acting;
  readonly answer: ReturnType<typeof useAnswer<Schemas['QueryAnswer']>>;
}): ReactNode {
  const { acting, answer } = props;
  const { say, pick } = useWords();
  const { set } = acting;
  const granted = set.fields.filter(({ name }) =>
    (answer.value?.records ?? []).some((record) => record[name] !== undefined),
  );
  const shown = granted
    .filter(({ name, kind }) => !set.key.includes(name) && kind !== 'attachment' && kind !== 'place')
    .slice(0, maxShown);
  const columns: TableColumnsType<CaseRow> = [
    {
      title: say('cwCase'),
      render: (_, { record, key }) => {
        const to = addressOfCase(acting, record);
        return to === undefined ? key : <Link to={to}>{key}</Link>;
      },
    },
    ...shown.map((field) => ({
      title: pick(field.title),
      render: (_: unknown, { record }: CaseRow) => (
        <Value acting={acting} field={field} value={record[field.name]} />
      ),
    })),
    ...(answer.value?.due === undefined
      ? []
      : [{ title: say('cwDue'), render: (_: unknown, { due }: CaseRow) => <Due set={set} due={due} /> }]),
  ];
  return (
    <List<CaseRow>
      label={say('work')}
      answer={answer}
      keyOf={({ key }) => key}
      rows={answer.value?.records.map((record, nth) => ({
        record,
        key: nameOf(acting, record, nth),
        due: answer.value?.due?.[nth],
      }))}
      empty={say('cwEmpty')}
      page={answer.value}
      columns={columns}
    />
  );
}

/** The key as one text; without it, the place in the page. */
const nameOf = ({ set }: Acting, record: CaseRecord, nth: number): string =>
  Object.values(keyOf(set, record) ?? {})
    .map(String)
    .join(' ') || String(nth + 1);

/** A case opens where its whole key is granted and may be filtered by. */
function addressOfCase({ set, agreement, purpose }: Acting, record: CaseRecord): string | undefined {
  const key = keyOf(set, record);
  if (key === undefined || !set.key.every((field) => agreement.filterBy.includes(field))) return undefined;
  return addressOf('work', [set.dataset, set.department], {
    key: JSON.stringify(key),
    agreement: agreement.agreement,
    purpose,
  });
}

function dotsOf(acting: Acting, records: readonly CaseRecord[]) {
  return records.flatMap((record, nth) => {
    const at = placeOf(acting.set, record);
    const to = addressOfCase(acting, record);
    if (at === undefined) return [];
    return [{ at, label: nameOf(acting, record, nth), ...(to === undefined ? {} : { to }) }];
  });
}
