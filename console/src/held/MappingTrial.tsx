import { Alert, Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { Refusal } from '../parts/Refusal.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { mappingsIn } from '../registry/mappingsIn.ts';
import { useWords } from '../words/words.ts';
import { ProblemTable } from './ProblemTable.tsx';
import { Link } from '../parts/Link.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import { addressOf } from '../route.ts';
import { LabelledTable } from '../parts/LabelledTable.tsx';

/** The outcome, with the mapping that was tried. */
type Tried = Schemas['MappingTrial'] & { readonly document: Schemas['MappingDocument'] };

/**
 * Tries an unregistered mapping on a batch's stored bytes: shows numbers and lines, and stores nothing. What was tried can be registered.
 */
export function MappingTrial({ batch }: { readonly batch: Schemas['Batch'] }): ReactNode {
  const { say } = useWords();
  const [text, setText] = useDraftText(`mapping trial ${batch.dataset}`);
  const [trial, setTrial] = useState<Tried>();
  const [done, setDone] = useState<{ readonly proposal?: string }>();
  const trying = useAct({ counts: false });
  const registering = useAct();
  const sending = trying.sending || registering.sending;
  const read = mappingsIn(text, say);
  const document = 'documents' in read && read.documents.length === 1 ? read.documents[0] : undefined;
  const register = (tried: Tried): void =>
    registering.act(
      (key) =>
        post(
          '/v1/datasets/{dataset}/mappings',
          { document: tried.document },
          { at: { dataset: batch.dataset }, key },
        ),
      (answer) => setDone(answer as { readonly proposal?: string }),
    );
  return (
    <section className="card no-print">
      <h2>{say('trialTitle')}</h2>
      <p className="muted">{say('trialLead')}</p>
      <label className="choice wide">
        <span>{say('trialText')}</span>
        <textarea
          className="code"
          rows={8}
          spellCheck={false}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      {text.trim() !== '' && 'fault' in read ? (
        <Alert role="alert" type="error" showIcon title={read.fault} />
      ) : null}
      <Refusal
        error={trying.error}
        cli={`npx datong batch map try mapping.json --dataset ${batch.dataset} --batch ${batch.batch}`}
      />
      <div className="row-form">
        <Button
          disabled={document === undefined || sending}
          onClick={() => {
            if (document === undefined) return;
            setDone(undefined);
            setTrial(undefined);
            trying.act(
              (key) =>
                post(
                  '/v1/datasets/{dataset}/mapping-trials',
                  { document, batch: batch.batch },
                  { at: { dataset: batch.dataset }, key },
                ),
              (found) => setTrial({ ...found, document }),
            );
          }}
        >
          {say('trialDo')}
        </Button>
      </div>
      {trial === undefined ? null : (
        <>
          <Outcome trial={trial} />
          <Refusal error={registering.error} cli="npx datong catalogue apply mapping.json" />
          {done === undefined ? (
            // a changed text was not tried: it cannot be registered, and a confirmation that was begun is reset
            <TwoSteps
              key={text}
              label={say('trialReplace')}
              sure={say('trialReplaceSure', { mapping: String(trial.document['mapping']) })}
              disabled={sending || JSON.stringify(document) !== JSON.stringify(trial.document)}
              act={() => register(trial)}
            />
          ) : (
            <p role="status">
              {done.proposal !== undefined ? (
                <>
                  {say('ndWaits')} <Link to={addressOf('proposals', [done.proposal])}>{say('open')}</Link>
                </>
              ) : (
                say('trialReplaced', { mapping: String(trial.document['mapping']) })
              )}
            </p>
          )}
        </>
      )}
    </section>
  );
}

function Outcome({ trial }: { readonly trial: Schemas['MappingTrial'] }): ReactNode {
  const { say, number } = useWords();
  const { counts, difference, over, problems } = trial;
  const rows = [
    ['records', counts.records],
    ['rows', counts.rows],
    ['bad', counts.bad],
    ['skipped', counts.skipped],
    ...(difference === undefined
      ? []
      : ([
          ['diff_added', difference.added],
          ['diff_removed', difference.removed],
          ['diff_changed', difference.changed],
        ] as const)),
  ] as const;
  return (
    <>
      <p role="status">{over === undefined ? say('trialFits') : say('trialOver', { limit: over })}</p>
      <LabelledTable
        aria-label={say('trialTitle')}
        size="small"
        pagination={false}
        rowKey={([word]) => word}
        dataSource={[...rows]}
        columns={[
          { title: say('figure'), render: (_, [word]) => say(word) },
          { title: say('rowsOut'), align: 'right', render: (_, [, count]) => number(count) },
        ]}
      />
      <ProblemTable label={say('heldProblems')} problems={problems} />
    </>
  );
}
