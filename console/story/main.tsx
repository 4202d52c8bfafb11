/** Story page, for development only: every element in both languages and both themes. `npx vite console`, then `/console/story.html`. */
import { Button, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { StrictMode, useEffect, useState, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { Bars } from '../src/board/Bars.tsx';
import { LineagePicture } from '../src/dataset/LineagePicture.tsx';
import { Facts } from '../src/parts/Facts.tsx';
import { Field } from '../src/parts/Field.tsx';
import { List } from '../src/parts/List.tsx';
import { Page } from '../src/parts/Page.tsx';
import { Refusal } from '../src/parts/Refusal.tsx';
import { Select } from '../src/parts/Select.tsx';
import { State } from '../src/parts/State.tsx';
import { TwoSteps } from '../src/parts/TwoSteps.tsx';
import { Due } from '../src/requests/Due.tsx';
import { themeOf, type Shade } from '../src/theme.ts';
import { SpeechContext, useWords, type Language } from '../src/words/words.ts';
import '../src/console.css';
import '../src/forms.css';
import '../src/dataset/dataset.css';

const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

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
      <Refusal error={new TypeError('fetch failed')} cli="npx datong inbox" />
    </Page>
  );
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
        {(['zh', 'en'] as const).map((language: Language) => (
          <ConfigProvider key={language} locale={language === 'zh' ? zhCN : enUS}>
            <SpeechContext value={{ language, choose: () => undefined }}>
              <main lang={language} style={{ gridArea: 'auto' }}>
                <Elements />
              </main>
            </SpeechContext>
          </ConfigProvider>
        ))}
      </div>
    </ConfigProvider>
  );
}

const place = document.getElementById('story');
if (place !== null)
  createRoot(place).render(
    <StrictMode>
      <Story />
    </StrictMode>,
  );
