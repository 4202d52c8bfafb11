import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { Facts } from '../parts/Facts.tsx';
import { Field } from '../parts/Field.tsx';
import { Link } from '../parts/Link.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { useAct } from '../parts/useAct.ts';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';

/** From a key to the batch that brought its row, the line of its file, and the mapping that read it; nothing of the row itself. */
export function TraceRow(props: { readonly dataset: string; readonly fields: readonly string[] }): ReactNode {
  const { dataset, fields } = props;
  const { say, when, number } = useWords();
  const [key, setKey] = useState<Readonly<Record<string, string>>>({});
  const [origin, setOrigin] = useState<Schemas['RowOrigin']>();
  const { act, sending, error } = useAct();
  const whole = fields.every((field) => (key[field] ?? '').trim() !== '');
  return (
    <section className="card">
      <h2>{say('traceTitle')}</h2>
      <p className="muted">{say('traceLead')}</p>
      <Refusal
        error={error}
        cli={`npx datong batch row --dataset ${dataset} --key ${fields.map((field) => `${field}=VALUE`).join(' ')}`}
      />
      <form
        className="row-form no-print"
        aria-label={say('traceTitle')}
        onSubmit={(event) => {
          event.preventDefault();
          setOrigin(undefined);
          const trimmed = Object.fromEntries(
            Object.entries(key).map(([field, value]) => [field, value.trim()]),
          );
          act(
            () => post('/v1/datasets/{dataset}/rows/origin', { key: trimmed }, { at: { dataset } }),
            setOrigin,
          );
        }}
      >
        {fields.map((field) => (
          <Field
            key={field}
            label={field}
            value={key[field] ?? ''}
            change={(value) => setKey({ ...key, [field]: value })}
            required
            most={500}
          />
        ))}
        <Button htmlType="submit" disabled={!whole || sending}>
          {say('traceDo')}
        </Button>
      </form>
      {origin === undefined ? null : (
        <div role="status">
          <Facts
            of={[
              [
                say('batch'),
                <Link key="batch" to={addressOf('held', [origin.batch])}>
                  {origin.batch}
                </Link>,
              ],
              [say('opened'), when(origin.sentAt)],
              [say('fileName'), origin.fileName],
              [say('line'), origin.line === undefined ? say('traceNoLine') : number(origin.line)],
              [say('mappingUsed'), origin.mapping],
              [say('schema'), origin.schema],
              [say('sendDigest'), origin.sha256 === undefined ? undefined : <code>{origin.sha256}</code>],
            ]}
          />
        </div>
      )}
    </section>
  );
}
