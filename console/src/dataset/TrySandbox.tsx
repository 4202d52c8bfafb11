import { Button, Table } from 'antd';
import { useState, type ReactNode } from 'react';
import { defined } from '../../../terms/defined.ts';
import { describedMask } from '../../../terms/requestForm/saidAgreement.ts';
import { asCall } from '../api/asCall.ts';
import { post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Field } from '../parts/Field.tsx';
import { labelled } from '../parts/labelled.ts';
import { Refusal } from '../parts/Refusal.tsx';
import { Select } from '../parts/Select.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDatasetNames } from '../parts/useDatasetNames.ts';
import { usePurposes } from '../requests/usePurposes.ts';
import { hasRoleAt, useSession, type Signed } from '../session.ts';
import { useWords } from '../words/words.ts';

type Described = Schemas['SandboxTrial'];
type Answer = NonNullable<Described['answer']>;
type Row = Readonly<Record<string, unknown>>;

/** What is tried: without an agreement what a department receives that has none. */
export interface Tried {
  readonly dataset: string;
  readonly agreement?: string;
  readonly purpose?: string;
}

/** Rows of a page. */
const pageRows = 10;

/** Whether a dataset has invented rows that other departments may query. */
export const hasTwin = ({ state, sharing }: Pick<Schemas['DatasetView'], 'state' | 'sharing'>): boolean =>
  state === 'published' && sharing.type !== 'none';

/** Whether the person may try calls of a department. */
export const triesFor = ({ session }: Pick<Signed, 'session'>, department: string): boolean =>
  hasRoleAt(session, ['steward', 'security', 'auditor'], department);

/** A query on invented rows, as the department's system would make it. @param props.choices at least one */
export function TrySandbox(props: {
  readonly department: string;
  readonly choices: readonly Tried[];
}): ReactNode {
  const { department, choices } = props;
  const { say } = useWords();
  const { name } = usePurposes();
  const titleOf = useDatasetNames(choices.map(({ dataset }) => dataset));
  const [chosen, setChosen] = useState(0);
  const [begun, setBegun] = useState(false);
  const tried = choices[chosen] ?? choices[0];
  if (tried === undefined) return null;
  return (
    <section className="card no-print" aria-label={say('trTitle')}>
      <h2>{say('trTitle')}</h2>
      <p className="muted">{say('trLead')}</p>
      {choices.length < 2 ? null : (
        <div className="row-form">
          <Select
            label={say('trWhat')}
            value={String(chosen)}
            set={(value) => setChosen(Number(value))}
            options={choices.map(({ dataset, agreement, purpose }, at) => ({
              value: String(at),
              text: [titleOf(dataset), agreement, purpose === undefined ? undefined : name(purpose)]
                .filter((text) => text !== undefined)
                .join(' · '),
            }))}
          />
        </div>
      )}
      {begun ? (
        <OneTrial key={chosen} department={department} tried={tried} />
      ) : (
        // a trial may write a log entry: a page that is only opened makes none
        <Button onClick={() => setBegun(true)}>{say('trBegin')}</Button>
      )}
    </section>
  );
}

/** What a query can name, then its answer. */
function OneTrial({ department, tried }: { readonly department: string; readonly tried: Tried }): ReactNode {
  const { turn } = useSession();
  const { dataset, ...under } = tried;
  const sent = { at: { dataset }, query: { department } };
  const described = useAnswer(`try ${department} ${JSON.stringify(tried)} ${turn}`, () =>
    post('/v1/datasets/{dataset}/sandbox-trials', under, sent),
  );
  const [answer, setAnswer] = useState<Answer>();
  const [asked, setAsked] = useState<Schemas['SandboxQuestion']>(under);
  const { act, sending, error } = useAct({ counts: false });
  const ask = (question: Schemas['SandboxQuestion']): void => {
    setAsked(question);
    setAnswer(undefined);
    act(
      () => post('/v1/datasets/{dataset}/sandbox-trials', question, sent),
      (trial) => setAnswer(trial.answer),
    );
  };
  const next = answer?.nextCursor;
  return (
    <>
      {described.value === undefined ? null : (
        <Question
          described={described.value}
          sending={sending}
          ask={(matter, query) => ask({ ...under, ...defined({ matter }), query })}
        />
      )}
      <Refusal
        error={error ?? described.error}
        cli={asCall('POST /v1/datasets/{dataset}/sandbox-trials', sent, asked)}
      />
      {described.value === undefined || answer === undefined ? null : (
        <Rows
          described={described.value}
          answer={answer}
          next={
            next === undefined ? undefined : () => ask({ ...asked, query: { ...asked.query, cursor: next } })
          }
        />
      )}
    </>
  );
}

/** A choice for each field that a query can name, with invented values only, and a case number where the agreement needs one. */
function Question(props: {
  readonly described: Described;
  readonly sending: boolean;
  readonly ask: (matter: string | undefined, query: Schemas['Query']) => void;
}): ReactNode {
  const { described, sending, ask } = props;
  const { filters, matter, rowsPerCall } = described;
  const { say, pick } = useWords();
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [number, setNumber] = useState('');
  const filter = filters.flatMap(({ field, values: offered }) => {
    const value = offered[Number(values[field])];
    return values[field] === undefined || value === undefined ? [] : [{ field, op: 'eq' as const, value }];
  });
  const query = { limit: Math.min(pageRows, rowsPerCall), ...(filter.length === 0 ? {} : { filter }) };
  return (
    <form
      className="row-form"
      onSubmit={(event) => {
        event.preventDefault();
        ask(matter ? number.trim() : undefined, query);
      }}
    >
      {filters.map(({ field, title, lookup, values: offered }) => (
        <Select
          key={field}
          label={`${pick(title)}${lookup ? `${say('pointOpen')}${say('trLookup')}${say('pointClose')}` : ''}`}
          value={values[field] ?? ''}
          set={(value) =>
            setValues(({ [field]: _before, ...others }) =>
              value === '' ? others : { ...others, [field]: value },
            )
          }
          options={[
            { value: '', text: say('trAny') },
            ...offered.map((value, at) => ({ value: String(at), text: String(value) })),
          ]}
        />
      ))}
      {matter ? (
        <Field label={say('trMatter')} value={number} change={setNumber} required most={100} />
      ) : null}
      <Button type="primary" htmlType="submit" disabled={sending}>
        {say('trAsk')}
      </Button>
    </form>
  );
}

/** The masked rows, with the mask of each field below its name. */
function Rows(props: {
  readonly described: Described;
  readonly answer: Answer;
  readonly next: (() => void) | undefined;
}): ReactNode {
  const { described, answer, next } = props;
  const { records, withheld } = answer;
  const { say, pick, number } = useWords();
  // a granted part of a field comes within the field
  const columns = [...new Set(described.fields.map(({ field }) => rootOf(field)))];
  const left = Object.keys(withheld).length;
  return (
    <>
      <p role="status">
        {say('trCame', { n: number(records.length) })}
        {left === 0 ? '' : say('trWithheld', { n: number(left) })}
      </p>
      <div className="scroll" tabIndex={0} role="group" aria-label={say('trRows')}>
        <Table<Row>
          aria-label={say('trRows')}
          size="small"
          pagination={false}
          rowKey={(row) => records.indexOf(row)}
          dataSource={[...records]}
          columns={labelled<Row>(
            columns.map((column) => {
              const masks = described.fields.filter(({ field }) => rootOf(field) === column);
              const whole = masks.find(({ field }) => field === column);
              return {
                title: `${whole === undefined ? column : pick(whole.title)}${say('pointOpen')}${masks
                  .map(({ mask }) => pick(describedMask({ mask })))
                  .join(say('pointList'))}${say('pointClose')}`,
                className: 'raw',
                render: (_: unknown, row: Row) => shown(row[column]),
              };
            }),
          )}
        />
      </div>
      {next === undefined ? null : <Button onClick={next}>{say('more')}</Button>}
    </>
  );
}

const rootOf = (path: string): string => path.split(/[.[]/, 1)[0] ?? path;

const shown = (value: unknown): string =>
  value === undefined || value === null ? '—' : typeof value === 'string' ? value : JSON.stringify(value);
