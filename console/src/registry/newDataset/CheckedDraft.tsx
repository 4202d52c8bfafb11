import { Alert, Button, Table } from 'antd';
import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../../api/call.ts';
import { labelled } from '../../parts/labelled.ts';
import { Link } from '../../parts/Link.tsx';
import { saveFile } from '../../parts/saveFile.ts';
import { TwoSteps } from '../../parts/TwoSteps.tsx';
import type { Act } from '../../parts/useAct.ts';
import { useDepartments } from '../../parts/useDepartments.ts';
import { addressOf } from '../../route.ts';
import { hasRoleAt, useSession } from '../../session.ts';
import { useWords } from '../../words/words.ts';
import { SchemaTrial } from '../SchemaTrial.tsx';

export interface Checked {
  readonly tried: Schemas['DatasetTried'];
  /** the hub's checks of the schema; absent where its answers are refused before */
  readonly schema?: Schemas['SchemaTried'];
}

const questionWords = {
  department: 'ndDepartment',
  name: 'ndName',
  key: 'ndKey',
  subject: 'ndSubject',
  levels: 'catSensitivity',
  titles: 'field',
  types: 'fieldType',
  keep: 'ndMarks',
  conditions: 'conditions',
} as const;

/** Result of the check: the errors to correct; otherwise three masked rows, who has to approve, and the registration. */
export function CheckedDraft(props: {
  readonly checked: Checked;
  readonly doing: Act;
  readonly registered: () => void;
}): ReactNode {
  const { checked, doing, registered } = props;
  const { tried, schema } = checked;
  const { say, pick } = useWords();
  const { objections = [], findings = [], documents } = tried;
  const wrong = [
    ...objections.map(({ question, message }) => ({ at: say(questionWords[question]), message })),
    ...findings.map(({ path, message }) => ({ at: path, message })),
  ];
  if (wrong.length > 0)
    return (
      <Alert
        role="alert"
        type="error"
        showIcon
        title={say('ndWrong')}
        description={
          <ul>
            {wrong.map(({ at, message }) => (
              <li key={`${at} ${message.en}`}>
                {at}
                {say('pointColon')}
                {pick(message)}
              </li>
            ))}
          </ul>
        }
      />
    );
  if (documents === undefined || schema === undefined) return null;
  return (
    <>
      {schema.ok ? null : <SchemaTrial tried={schema} />}
      <SampleCard tried={tried} />
      {schema.ok ? (
        <RegisterCard
          documents={documents}
          needsOfficer={schema.needsOfficer}
          doing={doing}
          registered={registered}
        />
      ) : null}
    </>
  );
}

function SampleCard({
  tried: { documents, sample },
}: {
  readonly tried: Schemas['DatasetTried'];
}): ReactNode {
  const { say } = useWords();
  if (sample === undefined)
    return (
      <section className="card">
        <p role="status">{say('ndNoRows')}</p>
      </section>
    );
  const { properties = {} } = (documents?.schema ?? {}) as {
    readonly properties?: Readonly<Record<string, { readonly 'x-title'?: { readonly zh: string } }>>;
  };
  return (
    <section className="card">
      <h2>{say('ndSample')}</h2>
      <p>{say('ndSampleRead', { records: sample.records, bad: sample.bad })}</p>
      <div className="scroll" tabIndex={0} role="region" aria-label={say('ndSample')}>
        <Table
          aria-label={say('ndSample')}
          size="small"
          pagination={false}
          rowKey={(row) => row.join('\n')}
          dataSource={sample.rows}
          columns={labelled(
            sample.fields.map((field, place) => ({
              title: properties[field]?.['x-title']?.zh ?? field,
              className: 'raw',
              render: (_: unknown, row: readonly string[]) => (row[place] === '' ? '—' : row[place]),
            })),
          )}
        />
      </div>
    </section>
  );
}

interface Outcome {
  readonly what: 'ndSchema' | 'dataset' | 'ndMapping';
  /** id of a proposal that another person has to accept */
  readonly proposal: string | undefined;
}

function RegisterCard(props: {
  readonly documents: NonNullable<Schemas['DatasetTried']['documents']>;
  readonly needsOfficer: boolean;
  readonly doing: Act;
  readonly registered: () => void;
}): ReactNode {
  const { documents, needsOfficer, doing, registered } = props;
  const { schema, dataset, mapping, text } = documents;
  const { say } = useWords();
  const { name } = useDepartments();
  const { session } = useSession();
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([]);
  const department = dataset.id.split('.')[0] ?? '';
  const isDone = outcomes.length === (mapping === undefined ? 2 : 3);
  const register = (): void =>
    doing.act(
      async () => {
        const made: Outcome[] = [];
        // repeating a registration changes nothing, so that an act that failed half-way can be repeated
        const took = (what: Outcome['what'], answer: object): void => {
          made.push({ what, proposal: (answer as { readonly proposal?: string }).proposal });
          setOutcomes([...made]);
        };
        took('ndSchema', await post('/v1/schemas', { document: schema }));
        took('dataset', await post('/v1/datasets', dataset));
        if (mapping !== undefined) {
          const at = { dataset: dataset.id };
          took('ndMapping', await post('/v1/datasets/{dataset}/mappings', { document: mapping }, { at }));
        }
      },
      () => registered(),
    );
  return (
    <section className="card">
      <h2>{say('ndApproval')}</h2>
      <ul>
        <li>{say(needsOfficer ? 'scOfficer' : 'ndAtOnce')}</li>
        {mapping === undefined ? null : (
          <li>
            {hasRoleAt(session, ['steward'], department)
              ? say('ndMappingAtOnce')
              : say('ndSecond', { department: name(department) })}
          </li>
        )}
      </ul>
      {outcomes.length === 0 ? null : (
        <div role="status">
          <ul aria-label={say('ndRegistered')}>
            {outcomes.map(({ what, proposal }) => (
              <li key={what}>
                {say(what)}
                {say('pointColon')}
                {proposal === undefined ? (
                  say('ndRegistered')
                ) : (
                  <>
                    {say('ndWaits')} <Link to={addressOf('proposals', [proposal])}>{say('open')}</Link>
                  </>
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
      <div className="row-form">
        {isDone ? (
          <>
            <Link to={addressOf('datasets', [dataset.id])}>{say('ndOpen')}</Link>
            <Link to={addressOf('catalogue', ['new'], { dataset: dataset.id })}>{say('neNew')}</Link>
            <Link to={addressOf('send', [], { dataset: dataset.id })}>{say('send')}</Link>
            <Link to={addressOf('agreements', ['new'], { dataset: dataset.id })}>{say('naNew')}</Link>
          </>
        ) : (
          <TwoSteps
            label={say('ndRegister')}
            sure={say('ndRegisterSure', { dataset: dataset.id })}
            disabled={doing.sending}
            act={register}
          />
        )}
        <Button
          onClick={() =>
            saveFile(
              new Blob([text], { type: 'text/plain' }),
              `${dataset.id.split('.')[1] ?? 'dataset'}.yaml`,
            )
          }
        >
          {say('ndSave')}
        </Button>
      </div>
    </section>
  );
}
