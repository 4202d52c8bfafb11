import { Button, Alert } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { Link } from '../parts/Link.tsx';
import { List } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { readJson } from '../parts/readJson.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { useDraft } from '../parts/useDraft.ts';
import { addressOf, useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { DatasetTitles } from '../parts/WithDatasets.tsx';
import { useWords } from '../words/words.ts';
import { Simulation } from './Simulation.tsx';

type Cell = Schemas['VisibleList']['cells'][number];

/** Who sees which field now, and what a document would change. */
export function PolicyPage(): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const { name, options } = useDepartments();
  const { dataset = '', field = '', consumer = '', cursor = '' } = filter;
  const query = { dataset, field, consumer, cursor };
  const cells = useAnswer(`${JSON.stringify(query)} ${turn}`, () => get('/v1/policy/visibility', { query }));
  const datasets = useAnswer(`datasets ${turn}`, () =>
    everyPage(
      (cursor) => get('/v1/datasets', { query: { limit: '200', cursor } }),
      (page) => page.datasets,
    ),
  );
  const schema = useAnswer(`fields ${dataset} ${turn}`, () =>
    dataset === ''
      ? Promise.resolve(undefined)
      : post('/v1/datasets/{dataset}/mask-trials', { fields: {} }, { at: { dataset } }).catch(
          () => undefined,
        ),
  );
  const { pick } = useWords();
  return (
    <Page
      title={say('policy')}
      lead={say('poLead')}
      error={cells.error}
      cli="npx datong policy visibility --hub --dataset DATASET"
      actions={<Button onClick={() => window.print()}>{say('print')}</Button>}
    >
      <section className="card">
        <h2>{say('poWho')}</h2>
        <div className="filters">
          <Choice
            name="dataset"
            label={say('dataset')}
            all="—"
            options={(datasets.value ?? []).map(({ id, title }) => ({
              value: id,
              text: pick(title),
            }))}
          />
          <Choice
            name="field"
            label={say('field')}
            all={say('poAllFields')}
            options={(schema.value?.fields ?? []).map((one) => ({
              value: one.name,
              text: `${pick(one.title)}${say('pointOpen')}${one.name}${say('pointClose')}`,
            }))}
          />
          <Choice name="consumer" label={say('consumer')} all={say('allDepartments')} options={options} />
        </div>
        <List<Cell>
          label={say('poWho')}
          rows={cells.value?.cells}
          keyOf={(one) => JSON.stringify(one)}
          answer={cells}
          empty={say('poWhoEmpty')}
          page={cells.value}
          columns={[
            { title: say('consumer'), render: (_, one) => name(one.consumer) },
            { title: say('dataset'), render: (_, one) => <DatasetTitles ids={[one.dataset]} /> },
            { title: say('field'), render: (_, one) => <code>{one.field}</code> },
            { title: say('poAccess'), render: (_, one) => say(`ac_${one.access}`) },
            {
              title: say('poMask'),
              render: (_, one) =>
                one.access !== 'read' ? '—' : one.mask === 'clear' ? say('clearMask') : one.mask,
            },
            { title: say('samplePurpose'), render: (_, one) => one.purpose },
            {
              title: say('agreement'),
              render: (_, one) => (
                <Link to={addressOf('agreements', one.agreement.split('@'))}>{one.agreement}</Link>
              ),
            },
            { title: say('poNow'), render: (_, one) => say(one.active ? 'poYes' : 'poNo') },
          ]}
        />
      </section>
      <Trial />
    </Page>
  );
}

function Trial(): ReactNode {
  const { say } = useWords();
  const draft = useDraft('policy trial', { text: '' });
  const [fault, setFault] = useState('');
  const typed = (): Schemas['PolicyDocument'] | undefined => {
    setFault('');
    const read = readJson(draft.value.text, say, 'scNotJson');
    if ('value' in read) return read.value as Schemas['PolicyDocument'];
    setFault(read.fault);
    return undefined;
  };
  return (
    <section className="card">
      <h2>{say('poTry')}</h2>
      <p className="muted">{say('poTryLead')}</p>
      <div className="form no-print">
        <label className="choice wide">
          <span>{say('poText')}</span>
          <textarea
            className="code"
            rows={8}
            spellCheck={false}
            value={draft.value.text}
            onChange={({ target }) => draft.set({ text: target.value })}
          />
        </label>
      </div>
      {fault === '' ? null : <Alert role="alert" type="error" showIcon title={fault} />}
      <Simulation document={typed} />
    </section>
  );
}
