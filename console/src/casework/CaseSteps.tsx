import { Alert, Button } from 'antd';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { titleIn } from '../../../terms/titleIn.ts';
import { asCall } from '../api/asCall.ts';
import { post, Refused, type Schemas } from '../api/call.ts';
import { Field, Pick } from '../parts/Field.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useAct } from '../parts/useAct.ts';
import { useWords } from '../words/words.ts';
import { pathAndQuery, type Acting, type CaseRecord } from './acting.ts';
import { changedValues, isAsked, textOf } from './changedValues.ts';
import { differingFields, type Draft } from './draft.ts';
import { uploadFile } from './uploadFile.ts';
import { Value } from './Value.tsx';

type CaseField = Schemas['CaseField'];
type Change = Schemas['CaseChange'];

/** What the department may do next: its fields, and a button for each transition. */
export function CaseSteps(props: {
  readonly acting: Acting;
  readonly caseKey: Change['key'];
  readonly record: CaseRecord;
  /** fields that the agreement does not grant */
  readonly withheld: Readonly<Record<string, string>> | undefined;
  readonly version: number;
  readonly again: () => void;
}): ReactNode {
  const { acting, caseKey, record, withheld = {}, version, again } = props;
  const { set } = acting;
  const { say, pick } = useWords();
  const doing = useAct();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const [files, setFiles] = useState<Readonly<Record<string, readonly string[]>>>({});
  const [draft, setDraft] = useState<Draft>();
  const { masked } = acting.agreement;
  const fields = set.fields.filter(
    (one) => set.sets.includes(one.name) && isAsked(one, { withheld, masked }),
  );
  const steps = set.steps.filter(({ from }) => from === record[set.state]);
  const changed = changedValues(fields, record, { typed, files, masked });
  const begin = (): void => setDraft((begun) => begun ?? { record, version });
  // another change came first: read the case again, and leave what was typed
  useEffect(() => {
    if (doing.error instanceof Refused && doing.error.problem.code === 'row_version_other') again();
  }, [doing.error]);
  const save = (more: Readonly<Record<string, unknown>>): void =>
    doing.act(
      (key) =>
        post(
          '/v1/datasets/{dataset}/rows/changes',
          { key: caseKey, version, set: { ...changed, ...more } },
          { ...pathAndQuery(set), key },
        ),
      () => {
        setTyped({});
        setFiles({});
        setDraft(undefined);
        again();
      },
    );
  if (fields.length === 0 && steps.length === 0) return null;
  return (
    <section className="card no-print" aria-label={say('cwSteps')}>
      <h2>{say('cwSteps')}</h2>
      {draft === undefined || draft.version === version ? null : (
        <Difference
          acting={acting}
          before={draft.record}
          now={record}
          seen={() => setDraft({ record, version })}
        />
      )}
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          save({});
        }}
      >
        {fields.map((field) => {
          const shown = masked.includes(field.name) ? '' : textOf(record[field.name]);
          return field.kind === 'attachment' ? (
            <FileInput
              key={field.name}
              acting={acting}
              field={field}
              ids={files[field.name] ?? []}
              add={(id) => {
                begin();
                setFiles((all) => ({ ...all, [field.name]: [...(all[field.name] ?? []), id] }));
              }}
            />
          ) : (
            <ValueInput
              key={field.name}
              field={field}
              isMasked={masked.includes(field.name)}
              value={typed[field.name] ?? shown}
              set={(value) => {
                begin();
                // what is shown anyway is not typed: another department may change it in between
                setTyped(({ [field.name]: _, ...rest }) =>
                  value === shown ? rest : { ...rest, [field.name]: value },
                );
              }}
            />
          );
        })}
        <div className="row-form">
          {steps.map(({ id, to }) => (
            <Button
              key={id}
              title={id}
              type="primary"
              disabled={doing.sending}
              onClick={() => save({ [set.state]: to })}
            >
              {pick(set.titles.transitions[id]) || say('cwDo', { to: pick(titleIn(set.titles.states, to)) })}
            </Button>
          ))}
          {fields.length === 0 ? null : (
            <Button htmlType="submit" disabled={doing.sending || Object.keys(changed).length === 0}>
              {say('cwSave')}
            </Button>
          )}
        </div>
        {steps.length === 0 ? <p className="muted">{say('cwNoSteps')}</p> : null}
        <Refusal
          error={doing.error}
          cli={asCall('POST /v1/datasets/{dataset}/rows/changes', pathAndQuery(set))}
        />
      </form>
    </section>
  );
}

/** What others changed since the person began to type. What they typed is still in the fields below. */
function Difference(props: {
  readonly acting: Acting;
  readonly before: CaseRecord;
  readonly now: CaseRecord;
  readonly seen: () => void;
}): ReactNode {
  const { acting, before, now, seen } = props;
  const { say, pick } = useWords();
  const differing = differingFields(acting.set.fields, before, now);
  return (
    <Alert
      type="warning"
      showIcon
      title={say('cwChanged')}
      action={
        <Button size="small" onClick={seen}>
          {say('cwChangedSeen')}
        </Button>
      }
      description={
        differing.length === 0 ? (
          say('cwChangedUnseen')
        ) : (
          <dl className="facts">
            {differing.map((field) => (
              <div key={field.name}>
                <dt>{pick(field.title)}</dt>
                <dd>
                  <del>
                    <Value acting={acting} field={field} value={before[field.name]} />
                  </del>{' '}
                  <ins>
                    <Value acting={acting} field={field} value={now[field.name]} />
                  </ins>
                </dd>
              </div>
            ))}
          </dl>
        )
      }
    />
  );
}

function ValueInput(props: {
  readonly field: CaseField;
  /** the stored value is not known here */
  readonly isMasked: boolean;
  readonly value: string;
  readonly set: (value: string) => void;
}): ReactNode {
  const { field, isMasked, value, set } = props;
  const { say, pick } = useWords();
  const title = pick(field.title);
  const label = isMasked ? say('cwMaskedField', { title }) : title;
  if (field.kind === 'choice' || field.kind === 'boolean') {
    const options =
      field.kind === 'boolean'
        ? (['true', 'false'] as const).map((one) => ({
            value: one,
            text: say(one === 'true' ? 'cwTrue' : 'cwFalse'),
          }))
        : (field.values ?? []).map((one) => ({ value: one, text: one }));
    return <Pick label={label} value={value} change={set} none={say('cwUnchanged')} options={options} />;
  }
  if (field.kind === 'text')
    return <TextField label={label} value={value} set={set} rows={2} required={false} />;
  return <Field label={label} value={value} change={set} type={field.kind === 'date' ? 'date' : 'text'} />;
}

/** A photo from the camera of a telephone, or another file. */
function FileInput(props: {
  readonly acting: Acting;
  readonly field: CaseField;
  readonly ids: readonly string[];
  readonly add: (id: string) => void;
}): ReactNode {
  const { acting, field, ids, add } = props;
  const { say, pick } = useWords();
  const doing = useAct();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const send = (file: File | undefined): void => {
    if (file === undefined) return;
    const controller = new AbortController();
    running.current = controller;
    doing.act(() => uploadFile(acting.set, field.name, file, controller.signal), add);
  };
  return (
    <div>
      <label className="choice wide">
        <span>{pick(field.title)}</span>
        <input
          type="file"
          accept={(field.mediaTypes ?? []).join(',')}
          disabled={doing.sending}
          onChange={({ target }) => {
            send(target.files?.[0]);
            target.value = '';
          }}
        />
      </label>
      {doing.sending ? <p role="status">{say('cwUploading')}</p> : null}
      {ids.length === 0 ? null : <p role="status">{say('cwUploaded', { n: ids.length })}</p>}
      <Refusal
        error={doing.error}
        cli={`npx datong rows attachment put ${acting.set.dataset} FILE --field ${field.name}`}
      />
    </div>
  );
}
