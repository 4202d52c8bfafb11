import { Alert } from 'antd';
import { useState, type ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get, post, Refused, type Schemas } from '../api/call.ts';
import { useAnswer, type Answered } from '../api/useAnswer.ts';
import { RestorationShown, useProposedRestoration } from '../officer/AlteredPage.tsx';
import { AnswerGap } from '../pages/AnswerGap.tsx';
import { Facts } from '../parts/Facts.tsx';
import { LabelledTable } from '../parts/LabelledTable.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { TextField } from '../parts/TextField.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import { useAct, type Act } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { DigestField } from '../requests/PapersFields.tsx';
import type { InPlaceProps } from '../requests/RequestPage.tsx';
import { addressOf, useRoute } from '../route.ts';
import { hasRole, useSession } from '../session.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { kindText } from '../words/kindText.ts';
import { useWords } from '../words/words.ts';
import { Person } from '../parts/Person.tsx';
import { entryDifferences } from './entryFacts.ts';

type Proposal = Schemas['Proposal'];

/** A person's proposal to an owner, compared with the live version, and the second person's decision. */
export function ProposalPage(): ReactNode {
  const { say, pick } = useWords();
  const { turn } = useSession();
  const { what } = useRoute();
  const [id = ''] = what;
  const answer = useProposal(id, turn);
  const doing = useAct();
  const proposal = answer.value;
  return (
    <Page
      title={proposal === undefined ? say('proposals') : `${pick(kindText(proposal.kind))} ${proposal.name}`}
      lead={say('prLead')}
      error={doing.error ?? answer.error}
      cli={`npx datong review approve ${id}`}
      actions={<Link to={addressOf('inbox')}>{say('back')}</Link>}
    >
      {proposal === undefined ? null : (
        <Proposed proposal={proposal} doing={doing} decided={() => answer.again()} />
      )}
    </Page>
  );
}

const useProposal = (id: string, turn: number): Answered<Proposal> =>
  useAnswer(`${id} ${turn}`, () => get('/v1/proposals/{proposal}', { at: { proposal: id } }));

/** A proposal within another page. */
export function ProposalInPlace({ id, done }: InPlaceProps): ReactNode {
  const { turn } = useSession();
  const answer = useProposal(id, turn);
  const doing = useAct();
  const proposal = answer.value;
  return (
    <>
      <Refusal error={doing.error ?? answer.error} cli={`npx datong review approve ${id}`} />
      {proposal === undefined ? null : <Proposed proposal={proposal} doing={doing} decided={done} />}
    </>
  );
}

/** What is proposed, and the acts of the person who decides. */
function Proposed(props: {
  readonly proposal: Proposal;
  readonly doing: Act;
  readonly decided: () => void;
}): ReactNode {
  const { proposal, doing } = props;
  const { say } = useWords();
  const { session } = useSession();
  const { name } = useDepartments();
  const [reason, setReason] = useDraftText(`proposal ${proposal.proposal}`);
  const [scan, setScan] = useState('');
  const restoration = useProposedRestoration(proposal);
  const at = { proposal: proposal.proposal };
  const decided = (): void => {
    setReason('');
    props.decided();
  };
  return (
    <>
      <section className="card">
        <Facts
          of={[
            [say('state'), say(`ps_${proposal.state}`)],
            [say('author'), <Person key="author" id={proposal.author} name={proposal.authorName} />],
            [say('scOwner'), name(proposal.owner)],
            [say('digest'), <code key="digest">{proposal.digest}</code>],
            [say('whyReason'), proposal.reason],
          ]}
        />
      </section>
      <AnswerGap gap={gapIn(proposal)} />
      <Differences proposal={proposal} />
      <RestorationShown of={restoration} />
      {proposal.state === 'waiting' && hasRole(session, ['steward', 'security']) ? (
        <section className="card no-print" aria-label={say('rqAct')}>
          <h2>{say('rqAct')}</h2>
          <ScanAsked proposal={proposal} scan={scan} set={setScan} />
          <div className="row-form">
            <TwoSteps
              label={say('prAccept')}
              sure={say('prAcceptSure')}
              disabled={
                doing.sending || !isScanOf(proposal, scan) || (restoration.isAsked && !restoration.isSame)
              }
              act={() =>
                doing.act(
                  () => post('/v1/proposals/{proposal}/acceptance', { digest: proposal.digest }, { at }),
                  decided,
                )
              }
            />
          </div>
          <TextField label={say('whyReason')} value={reason} set={setReason} maxLength={1000} rows={2} />
          <div className="row-form">
            <TwoSteps
              danger
              label={say('prRefuse')}
              sure={say('prRefuseSure')}
              disabled={doing.sending || reason.trim() === ''}
              act={() =>
                doing.act(() => post('/v1/proposals/{proposal}/refusal', { reason }, { at }), decided)
              }
            />
          </div>
        </section>
      ) : null}
      {proposal.state === 'waiting' ? null : (
        <Alert role="status" type="info" title={say('prDone', { state: say(`ps_${proposal.state}`) })} />
      )}
    </>
  );
}

/** A consent on paper is confirmed with the scan before one's eyes: its digest must be the one that was taken over. */
function ScanAsked(props: {
  readonly proposal: Proposal;
  readonly scan: string;
  readonly set: (digest: string) => void;
}): ReactNode {
  const { proposal, scan, set } = props;
  const { say } = useWords();
  if (scanIn(proposal) === undefined) return null;
  return (
    <>
      <DigestField label={say('pcScanCheck')} value={scan} set={set} />
      {scan === '' ? null : (
        <p role="status">{say(isScanOf(proposal, scan) ? 'pcScanSame' : 'pcScanOther')}</p>
      )}
    </>
  );
}

const scanIn = ({ kind, body }: Proposal): unknown =>
  kind === 'PaperConsent' ? (body as { readonly scan?: unknown }).scan : undefined;
/** Of an approval of an upper platform, which takes effect when it is accepted. */
const gapIn = ({ kind, body, state }: Proposal): Schemas['AnswerGap'] | undefined =>
  kind === 'Approval' && state === 'waiting'
    ? (body as { readonly gap?: Schemas['AnswerGap'] }).gap
    : undefined;
const isScanOf = (proposal: Proposal, scan: string): boolean =>
  scanIn(proposal) === undefined || scanIn(proposal) === scan;

/** Members of a proposed entry next to those of the live one; for any other kind the whole text. */
function Differences({ proposal }: { readonly proposal: Proposal }): ReactNode {
  const { say } = useWords();
  return proposal.kind === 'CatalogueEntry' ? (
    <EntryDifferences proposal={proposal} />
  ) : (
    <section className="card">
      <h2>{say('prBody')}</h2>
      <pre className="long" tabIndex={0}>
        {JSON.stringify(proposal.body, undefined, 2)}
      </pre>
    </section>
  );
}

function EntryDifferences({ proposal }: { readonly proposal: Proposal }): ReactNode {
  const { say } = useWords();
  const entry = proposal.name.split('@')[0] ?? '';
  const live = useAnswer(`live ${proposal.proposal}`, () =>
    get('/v1/catalogue/{entry}', { at: { entry } }).then(
      ({ entry: found }) => found,
      (error: unknown) => {
        // any other refusal does not mean that there is no live revision
        if (error instanceof Refused && error.problem.status === 404) return undefined;
        throw error;
      },
    ),
  );
  // the hub checked it against the contract before it became a proposal
  const proposed = proposal.body as Schemas['CatalogueEntry'];
  return (
    <section className="card">
      <h2>{say('prChanges')}</h2>
      <Refusal error={live.error} cli={asCall('GET /v1/catalogue/{entry}', { at: { entry } })} />
      {live.value === undefined && !live.loading && live.error === undefined ? <p>{say('prFirst')}</p> : null}
      {live.error !== undefined ? null : (
        <LabelledTable
          aria-label={say('prChanges')}
          size="small"
          pagination={false}
          rowKey={({ label }) => label}
          dataSource={entryDifferences(live.value, proposed, { say })}
          columns={[
            { title: say('prMember'), render: (_, one) => one.label },
            { title: say('prWas'), render: (_, one) => one.was || '—' },
            { title: say('prWould'), render: (_, one) => <strong>{one.would || '—'}</strong> },
          ]}
        />
      )}
    </section>
  );
}
