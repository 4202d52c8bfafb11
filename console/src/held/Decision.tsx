import { Alert, Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { Refusal } from '../parts/Refusal.tsx';
import { isWord } from '../parts/State.tsx';
import { useAct } from '../parts/useAct.ts';
import { useSession } from '../session.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';

type Act = 'release' | 'drop' | 'restore';
const paths = {
  release: '/v1/batches/{batch}/release',
  drop: '/v1/batches/{batch}/drop',
  restore: '/v1/batches/{batch}/restoration',
} as const;
const leads = { release: 'releaseLead', restore: 'restoreLead' } as const;

const lineOf = (act: Act, batch: string): string =>
  `npx datong batch ${act === 'release' ? 'release' : act === 'drop' ? 'drop' : 'restore'} ${batch} --reason …`;

/** A person's decision on a batch, with their reason: the first or the second, where two are required. */
export function Decision(props: {
  readonly batch: Schemas['Batch'];
  readonly acts: readonly Act[];
  readonly two: boolean;
  readonly again: () => void;
}): ReactNode {
  const { batch, acts, two, again } = props;
  const { say } = useWords();
  const { session } = useSession();
  const [reason, setReason] = useDraftText(`batch word ${batch.batch}`);
  const [asked, setAsked] = useState<Act>();
  const [lastAct, setLastAct] = useState<Act>();
  const doing = useAct();
  const { sending, error } = doing;
  const [done, setDone] = useState<string>();
  const [first] = acts;
  // the result stays on the page when the reloaded batch permits no further act
  if (done !== undefined) return <Alert className="gap" role="status" type="success" showIcon title={done} />;
  if (first === undefined) return null;
  const decide = (act: Act): void => {
    setLastAct(act);
    doing.act(
      () => post(paths[act], { reason }, { at: { batch: batch.batch } }),
      ({ state, proposedBy }) => {
        const word = `st_${state}`;
        const outcome =
          proposedBy === undefined
            ? say('decided', { state: isWord(word) ? say(word) : state })
            : say('decidedFirst');
        setReason('');
        setAsked(undefined);
        setDone(outcome);
        again();
      },
    );
  };
  const mine = batch.proposedBy === session.person;
  return (
    <section className="card no-print">
      <h2>{acts.map((act) => say(`act_${act}`)).join(say('pointList'))}</h2>
      {first === 'drop' ? null : <p className="muted">{say(leads[first])}</p>}
      {first === 'release' && two ? <p>{say('releaseTwo')}</p> : null}
      {batch.proposedBy === undefined ? null : (
        <p role="status">{say('decideSecond', { person: mine ? session.name : batch.proposedBy })}</p>
      )}
      <Refusal error={error} cli={lineOf(lastAct ?? first, batch.batch)} />
      <div className="row-form">
        <label className="choice grow">
          <span>{say('decideReason')}</span>
          <input
            value={reason}
            minLength={2}
            maxLength={200}
            onChange={({ target }) => setReason(target.value)}
          />
        </label>
        {acts.map((act) => (
          <Button
            key={act}
            type={act === first ? 'primary' : 'default'}
            disabled={reason.trim().length < 2 || sending || asked !== undefined}
            onClick={() => setAsked(act)}
          >
            {say(`act_${act}`)}
          </Button>
        ))}
      </div>
      {asked === undefined ? null : (
        <div className="row-form gap">
          <Button type="primary" danger autoFocus disabled={sending} onClick={() => decide(asked)}>
            {say('confirm')}
            {say('pointColon')}
            {say(`act_${asked}`)}
          </Button>
          <Button onClick={() => setAsked(undefined)}>{say('back')}</Button>
        </div>
      )}
    </section>
  );
}
