import { Alert } from 'antd';
import type { ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { ProposalForm } from '../parts/ProposalForm.tsx';
import { Waiting, useWaiting } from '../keeping/Waiting.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Field, Pick } from '../parts/Field.tsx';
import { LabelledTable } from '../parts/LabelledTable.tsx';
import { Link } from '../parts/Link.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { Page } from '../parts/Page.tsx';
import { shellWord } from '../../../terms/shellWord.ts';
import { useDraft } from '../parts/useDraft.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasOffice, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

type Finding = Schemas['LogFindings']['findings'][number];
type Found = Schemas['FoundRows'];
type Act = Schemas['RestorationAsked']['act'];

/** Findings that name a row or table of the database which two persons can decide; an object of the catalogue cannot be accepted. */
const isDecidable = ({ code }: Finding): boolean =>
  !['catalogue_altered', 'finding_forged', 'finding_unsealed'].includes(code);

/** Rows, tables and objects of the database that were changed past the hub. */
export function AlteredPage(): ReactNode {
  const { say, pick, when } = useWords();
  const waiting = useWaiting(['Restoration']);
  return (
    <ListPage
      title={say('altered')}
      lead={say('alLead')}
      cli="npx datong audit altered --as auditor"
      filters={[]}
      ask={(_, { cursor, total }) =>
        get('/v1/log/findings', { query: { concerning: 'rows', cursor, total } })
      }
      rowsOf={({ findings }): readonly Finding[] => findings}
      keyOf={({ code, about = '' }) => `${code} ${about}`}
      empty={say('alEmpty')}
      columns={[
        { title: say('alAbout'), render: (_, one) => <code>{one.about}</code> },
        { title: say('reason'), render: (_, one) => <code>{one.code}</code> },
        { title: say('riskWhat'), render: (_, one) => pick(one.message) },
        { title: say('alFound'), render: (_, one) => (one.foundAt === undefined ? '—' : when(one.foundAt)) },
        {
          title: say('actions'),
          render: (_, one) =>
            isDecidable(one) && one.about !== undefined ? (
              <Link
                to={addressOf('altered', ['row'], { about: one.about })}
                label={`${say('open')} ${one.about}`}
              >
                {say('open')}
              </Link>
            ) : (
              say('alRestoreObject')
            ),
        },
      ]}
    >
      <Waiting of={waiting.value} />
    </ListPage>
  );
}

/** One row or table as the database has it now, and the proposal to accept or remove it. */
export function AlteredRowPage(): ReactNode {
  const { say } = useWords();
  const { session, turn } = useSession();
  const { about = '' } = useRoute().filter;
  const answer = useAnswer(`altered ${about} ${turn}`, () =>
    get('/v1/log/findings/rows', { query: { about } }),
  );
  const waiting = useWaiting(['Restoration']);
  const found = answer.value;
  return (
    <Page
      title={say('altered')}
      lead={about}
      error={answer.error}
      cli={`npx datong audit altered ${shellWord(about)} --as auditor`}
      actions={<Link to={addressOf('altered')}>{say('back')}</Link>}
    >
      {found === undefined ? null : (
        <>
          <FoundRow found={found} />
          <Waiting of={waiting.value} />
          {found.acts.length > 0 && hasOffice(session, ['security', 'auditor']) ? (
            <RestoreForm
              key={found.digest}
              found={found}
              done={() => {
                waiting.again();
                answer.again();
              }}
            />
          ) : null}
        </>
      )}
    </Page>
  );
}

/** What the digest of a finding covers: the columns of the row, or the counts of the table. */
function FoundRow({ found, children }: { readonly found: Found; readonly children?: ReactNode }): ReactNode {
  const { say, number } = useWords();
  const { code, about, digest, acts, values = [], entry, rows, storedRows, batch } = found;
  return (
    <section className="card" aria-label={say('alNow')}>
      <h2>{say('alNow')}</h2>
      <Facts
        of={[
          [say('alAbout'), <code key="about">{about}</code>],
          [say('reason'), <code key="code">{code}</code>],
          [say('alDigest'), <code key="digest">{digest}</code>],
          [say('alEntry'), entry === undefined ? undefined : <code key="entry">{entry}</code>],
          [say('alRows'), rows === undefined ? undefined : number(rows)],
          [say('alStoredRows'), storedRows === undefined ? undefined : number(storedRows)],
          [say('alBatch'), batch === undefined ? undefined : <code key="batch">{batch}</code>],
        ]}
      />
      {values.length === 0 ? null : (
        <LabelledTable
          aria-label={say('alValues')}
          size="small"
          pagination={false}
          rowKey={({ column }) => column}
          dataSource={[...values]}
          columns={[
            { title: say('alColumn'), render: (_, one) => <code>{one.column}</code> },
            { title: say('alValue'), render: (_, one) => <code className="raw">{one.value}</code> },
          ]}
        />
      )}
      {acts.length > 0 ? null : (
        <Alert role="status" type="warning" title={say(batch === undefined ? 'alNoActs' : 'alNoActsBatch')} />
      )}
      {children}
    </section>
  );
}

const lineOf = (act: Act, about: string, digest: string): string =>
  `npx datong audit restore ${about} ${act === 'seal' ? '--seal' : '--remove'} --digest ${digest} --as auditor --reason … --case …`;
const empty = { act: '', reason: '', case: '' };

/** Proposes to accept the row or table as it was shown, or to remove the row. */
function RestoreForm({ found, done }: { readonly found: Found; readonly done: () => void }): ReactNode {
  const { say } = useWords();
  const { about, digest, acts } = found;
  const { value: typed, set, clear } = useDraft(`restoration ${about}`, empty);
  const act: Act = acts.find((one) => one === typed.act) ?? acts[0] ?? 'seal';
  return (
    <ProposalForm
      title={say('alDecide')}
      lead={say('kpSecond')}
      command={lineOf(act, shellWord(about), digest)}
      submitLabel={say('alSend')}
      propose={(key) =>
        post(
          '/v1/log/findings/restorations',
          { about, act, digest, reason: typed.reason, case: typed.case },
          { key },
        )
      }
      onProposed={() => {
        clear();
        done();
      }}
    >
      <Pick
        label={say('alAct')}
        value={act}
        change={(to) => set({ act: to })}
        options={acts.map((value) => ({ value, text: say(`al_${value}`) }))}
      />
      <Field
        label={say('hdCase')}
        required
        most={100}
        value={typed.case}
        change={(to) => set({ case: to })}
      />
      <Field
        label={say('hdReason')}
        required
        least={2}
        most={200}
        wide
        value={typed.reason}
        change={(to) => set({ reason: to })}
      />
    </ProposalForm>
  );
}

/** The finding of a proposed restoration as the database has it now; undefined for any other proposal. */
export function useProposedRestoration(proposal: Schemas['Proposal'] | undefined): Restoration {
  const { turn } = useSession();
  const { about, act, digest } = (proposal?.kind === 'Restoration' ? proposal.body : {}) as Partial<
    Schemas['RestorationAsked']
  >;
  const isAsked = proposal?.state === 'waiting' && about !== undefined;
  const { value, error } = useAnswer(`restoration ${isAsked ? about : ''} ${turn}`, () =>
    isAsked ? get('/v1/log/findings/rows', { query: { about } }) : Promise.resolve(undefined),
  );
  return { isAsked, act, found: value, error, isSame: value !== undefined && value.digest === digest };
}

interface Restoration {
  readonly isAsked: boolean;
  readonly act: Act | undefined;
  readonly found: Found | undefined;
  readonly error: unknown;
  /** the digest is still the proposed one: the hub accepts no other */
  readonly isSame: boolean;
}

/** What the second person accepts, compared with what the first person saw. */
export function RestorationShown({ of }: { readonly of: Restoration }): ReactNode {
  const { say } = useWords();
  const { isAsked, act, found, error, isSame } = of;
  if (!isAsked) return null;
  return (
    <>
      {found === undefined ? null : (
        <FoundRow found={found}>
          <Alert
            role="status"
            type={isSame ? 'success' : 'error'}
            title={isSame ? say('alSame', { act: say(`al_${act ?? 'seal'}`) }) : say('alOther')}
          />
        </FoundRow>
      )}
      {error === undefined ? null : <Alert role="status" type="warning" title={say('alGone')} />}
    </>
  );
}
