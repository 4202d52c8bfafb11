import { Alert, Button } from 'antd';
import type { ReactNode } from 'react';
import { get, post, type Schemas } from '../../api/call.ts';
import { useAnswer } from '../../api/useAnswer.ts';
import { Select } from '../../parts/Select.tsx';
import { TextField } from '../../parts/TextField.tsx';
import { Unsent } from '../../parts/Unsent.tsx';
import type { Act } from '../../parts/useAct.ts';
import { useDraft } from '../../parts/useDraft.ts';
import { useSession } from '../../session.ts';
import { useWords } from '../../words/words.ts';
import { mappingsIn } from '../mappingsIn.ts';

/** The target version, and the mappings that count from the switch on; the hub checks both before the changeover begins. */
export function BeginChangeover(props: {
  readonly dataset: Schemas['DatasetView'];
  readonly doing: Act;
  readonly begun: (view: Schemas['Changeover']) => void;
}): ReactNode {
  const { dataset, doing, begun } = props;
  const { say } = useWords();
  const { turn } = useSession();
  const [, , name = '', now = ''] = dataset.schema.split(':');
  const versions = useAnswer(`versions ${name} ${turn}`, () =>
    get('/v1/schemas', { query: { name, state: 'published', limit: '100' } }),
  );
  const others = (versions.value?.schemas ?? [])
    .map(({ urn }) => urn)
    .filter((urn) => urn.split(':')[3]?.split('.')[0] !== now.split('.')[0]);
  const draft = useDraft(
    `changeover ${dataset.id}`,
    {
      to: '',
      mappings: '',
      rowsBy: '',
      sunset: '',
      reason: '',
    },
    true,
  );
  const { to, mappings, rowsBy, sunset, reason } = draft.value;
  const parsed = mappingsIn(mappings, say);
  if (versions.value !== undefined && others.length === 0) return <p role="status">{say('coNoVersion')}</p>;
  const submit = (): void => {
    if (!('documents' in parsed)) return;
    const body = {
      schema: to,
      mappings: parsed.documents,
      reason,
      ...(rowsBy === '' ? {} : { rowsBy }),
      ...(sunset === '' ? {} : { sunset }),
    };
    doing.act(
      (key) => post('/v1/datasets/{dataset}/changeover', body, { at: { dataset: dataset.id }, key }),
      (view) => {
        draft.sent();
        begun(view);
      },
    );
  };
  return (
    <form
      className="card form no-print"
      aria-label={say('coBegin')}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <h2>{say('coBegin')}</h2>
      <Unsent shown={draft.restored} clear={draft.clear} />
      <Select
        label={say('coTo')}
        required
        value={to}
        set={(value) => draft.set({ to: value })}
        options={[{ value: '', text: say('coChoose') }, ...others.map((urn) => ({ value: urn, text: urn }))]}
      />
      <label className="choice wide">
        <span>
          {say('coMappings')} <small className="muted">{say('coMappingsNote')}</small>
        </span>
        <textarea
          required
          className="code"
          rows={14}
          spellCheck={false}
          value={mappings}
          onChange={({ target }) => draft.set({ mappings: target.value })}
        />
      </label>
      {mappings.trim() !== '' && 'fault' in parsed ? (
        <Alert role="alert" type="error" showIcon title={parsed.fault} />
      ) : null}
      {dataset.mode === 'upsert' ? (
        <TextField
          label={say('coRowsBy')}
          hint={say('coRowsByNote')}
          required={false}
          maxLength={100}
          value={rowsBy}
          set={(value) => draft.set({ rowsBy: value })}
        />
      ) : null}
      <label className="choice">
        <span>
          {say('coSunset')} <small className="muted">{say('coSunsetNote')}</small>
        </span>
        <input type="date" value={sunset} onChange={({ target }) => draft.set({ sunset: target.value })} />
      </label>
      <TextField
        label={say('whyReason')}
        rows={2}
        maxLength={1000}
        value={reason}
        set={(value) => draft.set({ reason: value })}
      />
      <div className="row-form">
        <Button type="primary" htmlType="submit" disabled={doing.sending || !('documents' in parsed)}>
          {say('coBegin')}
        </Button>
      </div>
    </form>
  );
}
