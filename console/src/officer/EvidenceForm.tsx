import { Button } from 'antd';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { Facts } from '../parts/Facts.tsx';
import { Field } from '../parts/Field.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { useAct } from '../parts/useAct.ts';
import { useRoute } from '../route.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import { draftOf, lineOf, questionOf } from './question.ts';
import { datasetsIn, questionFacts } from './questionWords.ts';
import { useStoryNames } from './useStoryNames.ts';

/** Requests evidence for the filter in the address; about a person where their identifier is entered. */
export function EvidenceForm(props: {
  readonly done: (asked: Schemas['EvidenceRequested']) => void;
}): ReactNode {
  const words = useWords();
  const { say } = words;
  const { filter } = useRoute();
  const { exchange: _exchange, ...draft } = draftOf(filter);
  const [reason, setReason] = useDraftText('evidence reason');
  const [number, setNumber] = useDraftText('evidence number');
  const [value, setValue] = useState('');
  const [dataset, setDataset] = useDraftText('evidence dataset');
  // opened where a search about a person named a dataset before
  const [isOpenAtFirst] = useState(dataset !== '');
  const [whole, setWhole] = useState(false);
  const { act, sending, error } = useAct();
  const ranged = draft.first !== undefined && draft.last !== undefined;
  const ask = (event: SyntheticEvent): void => {
    event.preventDefault();
    const question = {
      ...questionOf(draft),
      ...(ranged && whole ? { whole: true as const } : {}),
      ...(value === '' ? {} : { subject: { dataset, value } }),
    };
    act(
      () => post('/v1/log/evidence', { reason, case: number, question }),
      (asked) => {
        for (const clear of [setValue, setReason, setNumber, setDataset]) clear('');
        props.done(asked);
      },
    );
  };
  const { subject: _subject, ...drafted } = questionOf(draft);
  const names = useStoryNames([], { datasets: datasetsIn(drafted) });
  const isEmpty = Object.keys(draft).length === 0;
  return (
    <form className="card no-print" onSubmit={ask} aria-label={say('askEvidence')}>
      <h2>{say('askEvidence')}</h2>
      <p className="muted">{say('askEvidenceLead')}</p>
      {isEmpty ? <p>{say('askEvidenceAll')}</p> : <Facts of={questionFacts(drafted, words, names)} />}
      <div className="filters">
        <Field
          label={say('askReason')}
          value={reason}
          change={setReason}
          required
          least={2}
          most={200}
          wide
        />
        <Field label={say('askCase')} value={number} change={setNumber} required least={2} most={100} />
      </div>
      <details open={isOpenAtFirst}>
        <summary>{say('askSubject')}</summary>
        <p className="muted">{say('evidenceSubjectLead')}</p>
        <div className="filters">
          <Field label={say('identifier')} value={value} change={setValue} most={100} />
          <Field label={say('identifierIn')} value={dataset} change={setDataset} required={value !== ''} />
        </div>
      </details>
      <Refusal
        error={error}
        cli={lineOf('evidence', draft, {
          about: value === '' ? undefined : dataset,
          whole: ranged && whole,
        })}
      />
      <div className="row-form">
        {ranged ? (
          <label className="check">
            <input type="checkbox" checked={whole} onChange={({ target }) => setWhole(target.checked)} />
            {say('askWhole')}
          </label>
        ) : null}
        <span className="grow" />
        <Button type="primary" htmlType="submit" disabled={sending || (isEmpty && value === '')}>
          {say('askEvidence')}
        </Button>
      </div>
    </form>
  );
}
