import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Facts } from '../parts/Facts.tsx';
import { LabelledTable } from '../parts/LabelledTable.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { PrintButton } from '../parts/PrintButton.tsx';
import { TextField } from '../parts/TextField.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasRole, useSession } from '../session.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import { NewMatterPage } from './NewMatterPage.tsx';
import { Proposed } from './Proposed.tsx';

/** One matter with its papers; a further revision and its end are proposed here. */
export function MatterPage(): ReactNode {
  const { what } = useRoute();
  return what[0] === 'new' ? <NewMatterPage /> : <OneMatter code={what[0] ?? ''} />;
}

function OneMatter({ code }: { readonly code: string }): ReactNode {
  const { say, pick, when, day } = useWords();
  const { session, turn } = useSession();
  const { name } = useDepartments();
  const answer = useAnswer(`${code} ${turn}`, () => get('/v1/matters/{matter}', { at: { matter: code } }));
  const view = answer.value;
  const proposes = hasRole(session, ['steward', 'operator']);
  return (
    <Page
      title={view === undefined ? code : pick(view.title)}
      error={answer.error}
      cli={`npx datong catalogue matter show ${code}`}
      actions={
        <>
          <Link to={addressOf('matters')}>{say('back')}</Link>
          <PrintButton />
          {view !== undefined && proposes ? (
            <Link button to={addressOf('matters', ['new'], { from: code })}>
              {say('mtRevise')}
            </Link>
          ) : null}
        </>
      }
    >
      {view === undefined ? null : (
        <>
          <section className="card">
            <Facts
              of={[
                [say('codeName'), <code key="code">{view.code}</code>],
                [say('mtImplementation'), <code key="own">{view.implementationCode}</code>],
                [say('mtBasis'), [view.basis.reference, view.basis.clause].filter(Boolean).join(' ')],
                [say('mtHandledBy'), view.departments.map(name).join(say('pointList'))],
                [say('catRevision'), view.revision],
                [say('registered'), when(view.registeredAt)],
                [say('mtEnded'), day(view.ended) || undefined],
              ]}
            />
          </section>
          <Materials of={view.materials} />
          {proposes && view.ended === undefined ? <Ending code={code} /> : null}
        </>
      )}
    </Page>
  );
}

function Materials({ of }: { readonly of: Schemas['MatterView']['materials'] }): ReactNode {
  const { say, pick } = useWords();
  return (
    <section className="card">
      <h2>{say('mtMaterials')}</h2>
      <LabelledTable
        aria-label={say('mtMaterials')}
        size="small"
        pagination={false}
        rowKey={({ title }) => title.zh}
        dataSource={of}
        columns={[
          { title: say('mtMaterial'), render: (_, one) => pick(one.title) },
          {
            title: say('mtFields'),
            render: (_, one) =>
              one.fields.length === 0 ? (
                <span className="muted">{say('mtNoFields')}</span>
              ) : (
                <span className="digest">{one.fields.join(' ')}</span>
              ),
          },
        ]}
      />
    </section>
  );
}

/** That it is handled no more: proposed by one person of the data office, agreed to by another. */
function Ending({ code }: { readonly code: string }): ReactNode {
  const { say } = useWords();
  const [reason, setReason] = useDraftText(`matter end ${code}`);
  const [proposed, setProposed] = useState<Schemas['Registration']>();
  const { act, sending, error } = useAct();
  return (
    <section className="card no-print" aria-label={say('mtEnd')}>
      <h2>{say('mtEnd')}</h2>
      <Proposed of={proposed} error={error} cli={`npx datong catalogue matter end ${code} --reason …`} />
      <TextField label={say('whyReason')} rows={2} maxLength={1000} value={reason} set={setReason} />
      <div className="row-form">
        <TwoSteps
          danger
          label={say('mtEnd')}
          sure={say('mtEndSure')}
          disabled={sending || reason.trim() === ''}
          act={() =>
            act(
              (key) => post('/v1/matters/{matter}/ending', { reason }, { at: { matter: code }, key }),
              (answered) => {
                setReason('');
                setProposed(answered);
              },
            )
          }
        />
      </div>
    </section>
  );
}
