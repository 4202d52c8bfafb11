import { Alert } from 'antd';
import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { Field } from '../parts/Field.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import { useAct } from '../parts/useAct.ts';
import { useWords } from '../words/words.ts';
import type { Words } from '../words/zh.ts';
import { keysIn, mostKeys } from './keysIn.ts';

/** A list of keys whose rows are deleted immediately, for every reader. Where the hub would refuse anyway, the reason replaces the form. */
export function DeleteRows(props: {
  readonly dataset: Schemas['DatasetView'];
  readonly fields: readonly string[];
}): ReactNode {
  const { dataset, fields } = props;
  const { say } = useWords();
  const not = refusedFor(dataset);
  return (
    <section className="card no-print">
      <h2>{say('deleteTitle')}</h2>
      <p className="muted">{say(not ?? 'deleteLead')}</p>
      {not === undefined ? <DeletionForm dataset={dataset.id} fields={fields} /> : null}
    </section>
  );
}

function refusedFor({ mode, intake }: Schemas['DatasetView']): keyof Words | undefined {
  if (mode !== 'upsert') return 'deleteSnapshot';
  if (intake.signedOnly === true) return 'deleteSigned';
  const { secondPerson = false, onRewrite = 'warn' } = intake;
  return secondPerson || onRewrite !== 'warn' ? 'deleteTwo' : undefined;
}

function DeletionForm(props: { readonly dataset: string; readonly fields: readonly string[] }): ReactNode {
  const { dataset, fields } = props;
  const { say, number } = useWords();
  const [text, setText] = useState('');
  const [reason, setReason] = useState('');
  const [gone, setGone] = useState<Schemas['DeletionAnswer']>();
  const { act, sending, error } = useAct();
  const { keys, unfit } = keysIn(text, fields);
  const tooMany = keys.length > mostKeys;
  const fit = unfit === undefined && !tooMany && keys.length > 0 && reason.trim().length >= 2;
  const sent = (answer: Schemas['DeletionAnswer']): void => {
    setGone(answer);
    setText('');
    setReason('');
  };
  return (
    <>
      <label className="choice wide">
        <span>{say('deleteKeys', { fields: fields.join(say('pointList')) })}</span>
        <textarea
          className="code"
          rows={6}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      {unfit === undefined && !tooMany ? (
        <p className="muted">{say('deleteCount', { n: number(keys.length) })}</p>
      ) : (
        <Alert
          role="alert"
          type="error"
          showIcon
          title={
            tooMany
              ? say('deleteTooMany', { most: number(mostKeys), n: number(keys.length) })
              : say('deleteUnfit', { line: unfit ?? 0, fields: fields.length })
          }
        />
      )}
      <Refusal error={error} cli={`npx datong batch delete KEYS.csv --dataset ${dataset} --reason …`} />
      <div className="row-form">
        <Field label={say('decideReason')} value={reason} change={setReason} least={2} most={200} wide />
        <TwoSteps
          danger
          label={say('deleteDo')}
          sure={say('deleteSure', { n: number(keys.length) })}
          disabled={!fit || sending}
          act={() =>
            act(
              (key) =>
                post(
                  '/v1/datasets/{dataset}/deletions',
                  { keys: [...keys], reason },
                  { at: { dataset }, key },
                ),
              sent,
            )
          }
        />
      </div>
      {gone === undefined ? null : (
        <Alert
          className="gap"
          role="status"
          type="success"
          showIcon
          title={say('deleteDone', { n: number(gone.deleted), missing: number(gone.missing) })}
        />
      )}
    </>
  );
}
