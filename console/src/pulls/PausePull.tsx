import type { ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { Field } from '../parts/Field.tsx';
import { TextField } from '../parts/TextField.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import { useUndo } from '../parts/undo.ts';
import type { Act } from '../parts/useAct.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';

/** Pauses reading while the source is under maintenance; a paused pull can be resumed before its day. */
export function PausePull(props: {
  readonly dataset: string;
  readonly pause: Schemas['PullPause'] | undefined;
  readonly doing: Act;
  readonly done: (what: 'plPaused' | 'plResumed') => void;
}): ReactNode {
  const { dataset, pause, doing, done } = props;
  const { say } = useWords();
  const [until, setUntil] = useDraftText(`pause until ${dataset}`);
  const [reason, setReason] = useDraftText(`pause reason ${dataset}`);
  const offerUndo = useUndo();
  const at = { dataset };
  if (pause !== undefined)
    return (
      <div className="row-form">
        <TwoSteps
          label={say('plResume')}
          sure={say('plResumeSure')}
          disabled={doing.sending}
          act={() =>
            doing.act(
              (key) => post('/v1/datasets/{dataset}/pull/resume', {}, { at, key }),
              () => done('plResumed'),
            )
          }
        />
      </div>
    );
  return (
    <div className="form">
      <Field type="date" label={say('plPauseUntil')} value={until} change={setUntil} required />
      <TextField
        label={say('plPauseReason')}
        hint={say('noNames')}
        maxLength={200}
        value={reason}
        set={setReason}
      />
      <div className="row-form">
        <TwoSteps
          label={say('plPause')}
          sure={say('plPauseSure')}
          disabled={doing.sending || until === '' || reason.trim().length < 2}
          act={() =>
            doing.act(
              (key) => post('/v1/datasets/{dataset}/pull/pause', { until, reason }, { at, key }),
              () => {
                for (const clear of [setUntil, setReason]) clear('');
                done('plPaused');
                offerUndo({
                  text: say('undoPaused', { dataset }),
                  undo: (key) => post('/v1/datasets/{dataset}/pull/resume', {}, { at, key }),
                  cli: `npx datong dataset pull resume ${dataset}`,
                  undone: () => done('plResumed'),
                });
              },
            )
          }
        />
      </div>
    </div>
  );
}
