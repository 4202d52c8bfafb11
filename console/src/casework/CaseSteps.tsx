import { Button } from 'antd';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { post, type Schemas } from '../api/call.ts';
import { Field, Pick } from '../parts/Field.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useAct } from '../parts/useAct.ts';
import { useWords } from '../words/words.ts';
import { pathAndQuery, type Acting, type CaseRecord } from './acting.ts';
import { changedValues, isAsked, textOf } from './changedValues.ts';
import { uploadFile } from './uploadFile.ts';

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
  const { say } = useWords();
  const doing = useAct();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const [files, setFiles] = useState<Readonly<Record<string, readonly string[]>>>({});
  const fields = set.fields.filter((one) => set.sets.includes(one.name) && isAsked(one, withheld));
  const steps = set.steps.filter(({ from }) => from === record[set.state]);
  const changed = changedValues(fields, record, { typed, files });
  const save = (more: Readonly<Record<string, unknown>>): void =>
    doing.act(
      (key) =>
        post(
          '/v1/datasets/{dataset}/rows/changes',
          { key: caseKey, version, set: { ...changed, ...more } },
          { ...pathAndQuery(set), key },
        ),
      again,
    );
  if (fields.length === 0 && steps.length === 0) return null;
  return (
    <section className="card no-print" aria-label={say('cwSteps')}>
      <h2>{say('cwSteps')}</h2>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          save({});
        }}
      >
        {fields.map((field) =>
          field.kind === 'attachment' ? (
            <FileInput
              key={field.name}
              acting={acting}
              field={field}
              ids={files[field.name] ?? []}
              add={(id) => setFiles((all) => ({ ...all, [field.name]: [...(all[field.name] ?? []), id] }))}
            />
          ) : (
            <ValueInput
              key={field.name}
              field={field}
              value={typed[field.name] ?? textOf(record[field.name])}
              set={(value) => setTyped((all) => ({ ...all, [field.name]: value }))}
            />
          ),
        )}
        <div className="row-form">
          {steps.map(({ id, to }) => (
            <Button
              key={id}
              type="primary"
              disabled={doing.sending}
              onClick={() => save({ [set.state]: to })}
            >
              {say('cwDo', { id, to })}
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

function ValueInput(props: {
  readonly field: CaseField;
  readonly value: string;
  readonly set: (value: string) => void;
}): ReactNode {
  const { field, value, set } = props;
  const { say, pick } = useWords();
  const label = pick(field.title);
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
