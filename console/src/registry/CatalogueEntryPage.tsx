import { Alert, Button } from 'antd';
import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Facts } from '../parts/Facts.tsx';
import { LabelledTable } from '../parts/LabelledTable.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { State } from '../parts/State.tsx';
import { DatasetTitles } from '../parts/WithDatasets.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasDepartment, mayRegister, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { entryFacts } from './entryFacts.ts';
import { FieldTypeText } from './FieldTypeText.tsx';
import { NewEntryPage } from './NewEntryPage.tsx';

/** One entry of the catalogue; or a new one. */
export function CatalogueEntryPage(): ReactNode {
  const { what } = useRoute();
  return what[0] === 'new' ? <NewEntryPage /> : <OneEntry />;
}

/** One entry of the catalogue with the members required by the guide to compiling catalogues, and the fields of its datasets. */
function OneEntry(): ReactNode {
  const { say, pick } = useWords();
  const { session, turn } = useSession();
  const { name } = useDepartments();
  const { what } = useRoute();
  const [id = ''] = what;
  const answer = useAnswer(`${id} ${turn}`, () => get('/v1/catalogue/{entry}', { at: { entry: id } }));
  const shown = answer.value;
  const [first] = shown?.datasets ?? [];
  return (
    <Page
      title={shown === undefined ? id : pick(shown.entry.title)}
      error={answer.error}
      cli={`npx datong catalogue show ${id}`}
      actions={
        <>
          <Link to={addressOf('catalogue')}>{say('back')}</Link>
          <Button onClick={() => window.print()}>{say('print')}</Button>
          {shown !== undefined && mayRegister(session, shown.department) ? (
            <Link to={addressOf('catalogue', ['new'], { from: id })}>{say('neRevise')}</Link>
          ) : null}
          {first === undefined ||
          shown?.entry.sharing.type === 'none' ||
          !hasDepartment(session, ['steward']) ? null : (
            <Link to={addressOf('requests', ['new'], { dataset: first.dataset })} button>
              {say('catAsk')}
            </Link>
          )}
        </>
      }
    >
      {shown === undefined ? null : (
        <>
          {(shown.waiting ?? []).map(({ proposal }) => (
            <Alert
              key={proposal}
              className="gap"
              type="warning"
              showIcon
              title={
                <>
                  {say('catWaiting')} —{' '}
                  <Link to={addressOf('proposals', [proposal])}>{say('catOpenProposal')}</Link>
                </>
              }
            />
          ))}
          <section className="card">
            <EntryFacts entry={shown.entry} department={name(shown.department)} revision={shown.revision} />
          </section>
          <section className="card">
            <h2>{say('catFields')}</h2>
            {shown.datasets.length === 0 ? <p role="status">{say('catNoData')}</p> : null}
            {shown.datasets.map(({ dataset, fields, schema, state }) => (
              <div key={dataset}>
                <p>
                  <Link to={addressOf('datasets', [dataset])}>
                    <DatasetTitles ids={[dataset]} />
                  </Link>{' '}
                  <State state={state} /> <code>{schema}</code>
                </p>
                <LabelledTable
                  aria-label={`${say('fields')} ${dataset}`}
                  size="small"
                  pagination={false}
                  rowKey={({ name: field }) => field}
                  dataSource={fields}
                  columns={[
                    { title: say('field'), render: (_, one) => pick(one.title) || one.name },
                    { title: say('codeName'), render: (_, one) => <code>{one.name}</code> },
                    {
                      title: say('fieldType'),
                      render: (_, one) => <FieldTypeText of={{ type: one.type }} />,
                    },
                    { title: say('catSensitivity'), render: (_, one) => one.sensitivity ?? '—' },
                    { title: say('catSemantic'), render: (_, one) => one.semantic ?? '—' },
                    { title: say('catCodes'), render: (_, one) => one.codes ?? '—' },
                  ]}
                />
              </div>
            ))}
          </section>
        </>
      )}
    </Page>
  );
}

function EntryFacts(props: {
  readonly entry: Schemas['CatalogueEntry'];
  readonly department: string;
  readonly revision: number;
}): ReactNode {
  const { say, pick } = useWords();
  const { entry, department, revision } = props;
  // the page has its title in the head, and its datasets with their fields below
  const { title: _, datasets: __, ...shown } = entry;
  return (
    <Facts
      of={[
        [say('provider'), department],
        ...entryFacts(shown, { say, textOf: pick }),
        [say('catRevision'), revision],
      ]}
    />
  );
}
