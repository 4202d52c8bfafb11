/** Story page, for development only: every element in both languages and both themes. `npx vite console`, then `/console/story.html`. */
import { Button, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { StrictMode, useEffect, useState, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Schemas } from '../src/api/call.ts';
import { Bars } from '../src/board/Bars.tsx';
import { FlowPicture } from '../src/board/FlowPicture.tsx';
import { HeatMap } from '../src/board/QualityMap.tsx';
import { Trend } from '../src/board/Trend.tsx';
import { LineagePicture } from '../src/dataset/LineagePicture.tsx';
import { Facts } from '../src/parts/Facts.tsx';
import { Field } from '../src/parts/Field.tsx';
import { Link } from '../src/parts/Link.tsx';
import { List } from '../src/parts/List.tsx';
import { Page } from '../src/parts/Page.tsx';
import { Refusal } from '../src/parts/Refusal.tsx';
import { Select } from '../src/parts/Select.tsx';
import { State } from '../src/parts/State.tsx';
import { TwoSteps } from '../src/parts/TwoSteps.tsx';
import { useUndo } from '../src/parts/undo.ts';
import { UndoBar } from '../src/parts/UndoBar.tsx';
import type { Entry } from '../src/api/leaf.ts';
import { EntryStories } from '../src/officer/EntryStories.tsx';
import { SchemaForm } from '../src/registry/schemaForm/SchemaForm.tsx';
import { Acts } from '../src/requests/Acts.tsx';
import { Due } from '../src/requests/Due.tsx';
import { RequestForm } from '../src/requests/RequestForm.tsx';
import { Stages } from '../src/requests/Stages.tsx';
import { SessionContext, type Signed } from '../src/session.ts';
import { themeOf, type Shade } from '../src/theme.ts';
import { SpeechContext, useWords, type Language } from '../src/words/words.ts';
import { answerHere } from './answers.ts';
import '../src/console.css';
import '../src/forms.css';
import '../src/dataset/dataset.css';
import '../src/board/qualityMap.css';

const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

const weeks = [-14, -7, 0].map(day);
const sunlight = { zh: '空气质量', en: 'Air quality' };
const heat: Schemas['QualityWeeks']['datasets'] = [
  {
    dataset: 'ecology.air',
    title: sunlight,
    department: 'ecology',
    weeks: (['A', 'C'] as const).map((grade, at) => ({
      week: weeks[at] ?? '',
      batches: 3,
      grade,
      score: at === 0 ? 0.97 : 0.72,
    })),
  },
];
const calls = (figure: Schemas['BoardRows']['figure'], count: number): Schemas['BoardRows'] => ({
  figure,
  from: day(-30),
  until: day(0),
  cut: false,
  rows: [{ department: 'education', provider: 'ecology', count, few: false }],
});
const stage = (code: string): Schemas['RequestStage'] => ({
  code,
  title: { zh: '数据主管部门审核', en: 'Review by the data office' },
  by: 'office',
  role: 'steward',
  days: 5,
});
/** A request in its second stage of three. */
const request = {
  id: 'req-000000001',
  consumer: 'education',
  provider: 'ecology',
  document: {
    grants: [{ dataset: 'ecology.air', schema: 'air@2', fields: { station: { mask: 'clear' } } }],
    valid: { from: `${day(0)}T00:00:00+08:00`, until: `${day(365)}T00:00:00+08:00` },
  },
  extension: 'none',
  state: 'reviewing',
  stage: 'second',
  due: day(1),
  stages: ['first', 'second', 'third'].map(stage),
  events: [{ seq: 1, act: 'pass', person: 'other', at: `${day(-2)}T09:00:00+08:00`, exchange: '' }],
} as unknown as Schemas['RequestView'];
const signed = {
  session: { person: '', name: '', roles: [{ role: 'steward' }] },
  ended: () => undefined,
  turn: 0,
} as unknown as Signed;

const dataset = {
  id: 'ecology.air',
  title: sunlight,
  department: 'ecology',
  sharing: { type: 'conditional', conditions: '', manner: 'interface' },
} as unknown as Schemas['DatasetView'];
/** Data that was released, and a call that was refused. */
const entries = [
  { kind: 'release', decision: 'allow', fields: { station: 'clear' }, rows: { delivered: 1 } },
  { kind: 'release', decision: 'deny', code: 'purpose_not_granted' },
].map((leaf, index) => ({
  index,
  columns: [],
  leaf: {
    at: `${day(-1)}T09:00:00+08:00`,
    operation: 'queryDataset',
    actor: { department: 'education' },
    consumer: 'education',
    provider: 'ecology',
    dataset: dataset.id,
    purpose: 'environment-study',
    ...leaf,
  },
})) as unknown as readonly Entry[];
const field = (title: Schemas['Bilingual']): object => ({
  type: 'string',
  maxLength: 40,
  'x-title': title,
  'x-sensitivity': 'L1',
  'x-personal': 'none',
});
const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:datong:air:2.0',
  type: 'object',
  'x-title': sunlight,
  'x-class': 'general',
  'x-primary-key': ['/station'],
  additionalProperties: false,
  required: ['station'],
  properties: {
    station: field({ zh: '站点', en: 'Station' }),
    note: field({ zh: '备注', en: 'Note' }),
  },
} as unknown as Schemas['SharedSchema'];
const nothing = { act: () => undefined, sending: false, error: undefined };

function Schema(): ReactNode {
  const [document, set] = useState(schema);
  return (
    <section className="card">
      <SchemaForm document={document} isFirst findings={[]} set={set} />
    </section>
  );
}

/** An act that can be undone, done at once. */
function Undoable(): ReactNode {
  const { say } = useWords();
  const offerUndo = useUndo();
  useEffect(() => {
    offerUndo({ text: say('undoDiscarded'), undo: () => Promise.resolve() });
  }, [offerUndo, say]);
  return null;
}

function Elements(): ReactNode {
  const { say, when, day: written } = useWords();
  const [text, setText] = useState('');
  const rows = [
    { id: '1', state: 'published' },
    { id: '2', state: 'held' },
    { id: '3', state: 'rejected' },
  ];
  return (
    <Page title={say('product')} lead={say('inboxLead')} actions={<Button>{say('print')}</Button>}>
      <section className="card">
        <h2>{say('ln_today')} · 1</h2>
        <ul className="lane">
          <li>
            <div className="lane-text">
              <span className="lane-sentence" title="urn:datong:household:1.1">
                {say('hs_kindSchema', { who: say('office'), what: 'household 1.1' })}
              </span>
              <Due of={{ due: day(0) }} />
              <span className="muted">{say('whySchema')}</span>
            </div>
            <Button type="primary">{say('open')}</Button>
          </li>
        </ul>
      </section>
      <section className="card">
        <Facts
          of={[
            [say('state'), <State key="state" state="published" />],
            [say('rqDue'), <Due key="due" of={{ due: day(20) }} />],
            [say('inboxDue'), <Due key="late" of={{ due: day(-7) }} />],
            [say('opened'), when(new Date().toISOString())],
            [say('finished'), written(day(1))],
          ]}
        />
      </section>
      <section className="card form">
        <Field label={say('askReason')} value={text} change={setText} required />
        <Select
          label={say('state')}
          value="held"
          set={() => undefined}
          options={rows.map(({ state }) => ({ value: state, text: state }))}
        />
        <div className="row-form">
          <TwoSteps
            label={say('release')}
            sure={say('evReleaseSure', { n: 17, case: 'XF-1' })}
            act={() => undefined}
          />
          <Button>{say('back')}</Button>
        </div>
      </section>
      <List
        label={say('batches')}
        rows={rows}
        keyOf={({ id }) => id}
        answer={{ loading: false }}
        empty={say('inboxEmpty')}
        page={{ nextCursor: 'next', total: { count: rows.length, more: true } }}
        columns={[
          { title: say('batch'), dataIndex: 'id' },
          { title: say('state'), render: (_, { state }) => <State state={state} /> },
        ]}
      />
      <List
        label={say('inbox')}
        rows={[]}
        keyOf={() => ''}
        answer={{ loading: false }}
        empty={say('inboxEmpty')}
        columns={[{ title: say('batch'), render: () => '' }]}
      />
      <section className="card">
        <Bars bars={rows.map(({ state }, at) => ({ text: state, count: 3 - at }))} empty={say('boardNone')} />
      </section>
      <section className="card scroll">
        <LineagePicture
          title={say('dataset')}
          relations={[
            { side: 'source', kind: 'mapping', end: { kind: 'department', id: 'ecology' }, via: 'air@2' },
            {
              side: 'use',
              kind: 'agreement',
              end: { kind: 'department', id: 'works' },
              via: 'agr-air@1',
              state: 'submitted',
            },
            { side: 'use', kind: 'rollup', end: { kind: 'dataset', id: 'ecology.air-hourly' }, via: '1h' },
          ]}
        />
      </section>
      <Stages view={request} />
      <Acts view={request} doing={nothing} again={() => undefined} />
      <RequestForm dataset={dataset} consumers={['education']} doing={nothing} renews="" />
      <EntryStories
        label={say('audit')}
        empty={say('inboxEmpty')}
        entries={entries}
        answer={{ loading: false }}
        act={() => <Link to="?entry">{say('open')}</Link>}
      />
      <Schema />
      <nav className="tabs" aria-label={say('dtTabs')}>
        {(['overview', 'fields', 'sample'] as const).map((tab) => (
          <Link key={tab} to={`?tab=${tab}`} current={tab === 'fields'}>
            {say(`dt_${tab}`)}
          </Link>
        ))}
      </nav>
      <section className="card">
        <HeatMap weeks={weeks} datasets={heat} />
      </section>
      <section className="card">
        <FlowPicture answered={calls('answered', 40)} refused={calls('refused', 4)} days="30" />
      </section>
      <section className="card">
        <Trend weeks={weeks.map((week, at) => ({ week, answered: 10 * at, refused: at }))} />
      </section>
      <Undoable />
      <Refusal error={new TypeError('fetch failed')} cli="npx datong inbox" />
    </Page>
  );
}

/** Both languages, or the one that the address names. */
function languagesIn(search: string): readonly Language[] {
  const named = new URLSearchParams(search).get('language');
  return (['zh', 'en'] as const).filter((language) => named === null || named === language);
}

function Story(): ReactNode {
  const [shade, setShade] = useState<Shade>('light');
  useEffect(() => {
    document.documentElement.dataset['theme'] = shade;
  }, [shade]);
  return (
    <ConfigProvider theme={themeOf[shade]}>
      <div className="row-form">
        {(['light', 'dark'] as const).map((one) => (
          <Button key={one} onClick={() => setShade(one)}>
            {one}
          </Button>
        ))}
      </div>
      <div className="halves">
        {languagesIn(window.location.search).map((language) => (
          <ConfigProvider key={language} locale={language === 'zh' ? zhCN : enUS}>
            <SpeechContext value={{ language, choose: () => undefined }}>
              <main lang={language} style={{ gridArea: 'auto' }}>
                <UndoBar>
                  <Elements />
                </UndoBar>
              </main>
            </SpeechContext>
          </ConfigProvider>
        ))}
      </div>
    </ConfigProvider>
  );
}

answerHere();
const place = document.getElementById('story');
if (place !== null)
  createRoot(place).render(
    <StrictMode>
      <SessionContext value={signed}>
        <Story />
      </SessionContext>
    </StrictMode>,
  );
