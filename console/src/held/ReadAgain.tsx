import { Alert, Button, Select } from 'antd';
import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDraft } from '../parts/useDraft.ts';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';

/** Reads the stored bytes of the current rows again by another version of their mapping. The result is a batch of its own. */
export function ReadAgain(props: {
  readonly batch: Schemas['Batch'];
  readonly mappings: Schemas['DatasetDetail']['mappings'];
}): ReactNode {
  const { batch, mappings } = props;
  const { say } = useWords();
  const labels = mappings.map(({ name, version }) => `${name}@${version}`);
  const nameOf = (label: string | undefined): string | undefined => label?.split('@')[0];
  // by name, then by version: the last label with the name of the batch’s mapping is the newest
  const own = labels.filter((label) => nameOf(label) === nameOf(batch.mapping));
  const newest = (own.length > 0 ? own : labels).at(-1) ?? '';
  const draft = useDraft(`read again ${batch.batch}`, { mapping: newest, reason: '' });
  const { reason } = draft.value;
  const mapping = labels.includes(draft.value.mapping) ? draft.value.mapping : newest;
  const [made, setMade] = useState<string>();
  const { act, sending, error } = useAct();
  if (made !== undefined)
    return (
      <Alert
        className="gap"
        role="status"
        type="success"
        showIcon
        title={<Link to={addressOf('held', [made])}>{say('readAgainMade')}</Link>}
      />
    );
  return (
    <section className="card no-print">
      <h2>{say('readAgain')}</h2>
      <p className="muted">{say('readAgainLead')}</p>
      <Refusal
        error={error}
        cli={`npx datong batch retranslate ${batch.batch} --mapping ${mapping} --reason …`}
      />
      <div className="row-form">
        <label className="choice">
          <span>{say('mappingUsed')}</span>
          <Select
            aria-label={say('mappingUsed')}
            value={mapping}
            options={labels.map((label) => ({ value: label, label }))}
            onChange={(value: string) => draft.set({ mapping: value })}
          />
        </label>
        <label className="choice grow">
          <span>{say('decideReason')}</span>
          <input
            value={reason}
            minLength={2}
            maxLength={200}
            onChange={({ target }) => draft.set({ reason: target.value })}
          />
        </label>
        <Button
          disabled={reason.trim().length < 2 || mapping === '' || sending}
          onClick={() =>
            act(
              (key) =>
                post(
                  '/v1/batches/{batch}/retranslation',
                  { mapping, reason },
                  { at: { batch: batch.batch }, key },
                ),
              (answer) => {
                draft.sent();
                setMade(answer.batch);
              },
            )
          }
        >
          {say('readAgain')}
        </Button>
      </div>
    </section>
  );
}
