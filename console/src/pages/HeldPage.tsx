import { Button } from 'antd';
import { useEffect, type ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { BadRows } from '../held/BadRows.tsx';
import { Decision } from '../held/Decision.tsx';
import { Difference } from '../held/Difference.tsx';
import { Figures } from '../held/Figures.tsx';
import { MappingTrial } from '../held/MappingTrial.tsx';
import { ReadAgain } from '../held/ReadAgain.tsx';
import { ProblemTable } from '../held/ProblemTable.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { State } from '../parts/State.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { CheckProgress } from '../send/CheckProgress.tsx';
import { Findings } from '../send/Findings.tsx';
import { hasRoleAt, hasRoleFor, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

/** Milliseconds between two polls of a batch that is being checked; each is a log entry. */
const lookEvery = 2_000;

/** One submission: why it stopped, its numbers next to those of the last one, its bad rows to correct, and a person's decision. */
export function HeldPage(): ReactNode {
  const { say } = useWords();
  const { what } = useRoute();
  const [id = ''] = what;
  const read = useBatch(id);
  const { batch, error } = read;
  return (
    <Page
      title={`${say('held')} ${batch?.fileName ?? id}`}
      error={error}
      cli={`npx datong batch show ${id}`}
      actions={
        <>
          <Link to={addressOf('batches')}>{say('back')}</Link>
          <Button onClick={() => window.print()}>{say('print')}</Button>
        </>
      }
    >
      {batch === undefined ? null : <OneBatch read={read} batch={batch} />}
    </Page>
  );
}

type Batch = Schemas['Batch'];

interface ReadBatch {
  readonly batch: Batch | undefined;
  readonly error: ReturnType<typeof useAnswer>['error'];
  /** reads the batch again */
  readonly again: () => void;
  readonly detail: Schemas['DatasetDetail'] | undefined;
  /** the batch that it is compared with */
  readonly last: Batch | undefined;
  readonly problems: Schemas['BatchProblems']['problems'] | undefined;
}

/** A batch and what its page shows with it; a batch that is being checked is read again at intervals. */
function useBatch(id: string): ReadBatch {
  const { turn } = useSession();
  const answer = useAnswer(`${id} ${turn}`, () => get('/v1/batches/{batch}', { at: { batch: id } }));
  const { value: batch, again, error } = answer;
  const moving =
    batch?.state === 'checking' || (batch?.state === 'receiving' && batch.retranslates !== undefined);
  useEffect(() => {
    if (!moving) return undefined;
    const timer = setInterval(again, lookEvery);
    return () => clearInterval(timer);
  }, [moving, again]);
  const detail = useAnswer(`of ${batch?.dataset ?? ''} ${batch?.state ?? ''} ${turn}`, () =>
    batch === undefined
      ? Promise.resolve(undefined)
      : get('/v1/datasets/{dataset}', { at: { dataset: batch.dataset } }),
  ).value;
  const dataset = detail?.dataset;
  const last = useAnswer(`last ${id} ${dataset?.currentBatch ?? ''} ${turn}`, () =>
    lastOf(id, dataset),
  ).value;
  const problems = useAnswer(`problems ${id} ${batch?.state ?? ''} ${turn}`, () =>
    get('/v1/batches/{batch}/problems', { at: { batch: id } }),
  ).value?.problems;
  return { batch, error, again, detail, last, problems };
}

function OneBatch({ read, batch }: { readonly read: ReadBatch; readonly batch: Batch }): ReactNode {
  const { say } = useWords();
  const { session } = useSession();
  const { again, detail, last, problems } = read;
  const dataset = detail?.dataset;
  const isSteward = hasRoleAt(session, ['steward'], batch.department);
  const decides = hasRoleFor(session, ['steward', 'security'], batch.department);
  const acts = !decides || batch.waitsForAnother === true ? [] : actsOn(batch, dataset);
  const hasBadRows = (batch.counts?.bad ?? 0) > 0;
  return (
    <>
      <BatchFacts batch={batch} dataset={dataset} />
      {batch.state === 'held' ? <Difference batch={batch.batch} /> : null}
      {hasBadRows ? <FailedRows batch={batch} again={again} /> : null}
      <Decision batch={batch} acts={acts} two={dataset?.intake.secondPerson === true} again={again} />
      {isSteward && detail !== undefined ? <OtherMappings batch={batch} detail={detail} /> : null}
      {batch.counts === undefined ? null : <Figures batch={batch} last={last} />}
      <section className="card">
        <h2>{say('heldProblems')}</h2>
        <ProblemTable label={say('heldProblems')} problems={problems ?? []} />
      </section>
    </>
  );
}

/** What a steward does with other mappings: read the stored bytes again, and try a changed one. */
function OtherMappings(props: {
  readonly batch: Batch;
  readonly detail: Schemas['DatasetDetail'];
}): ReactNode {
  const { batch, detail } = props;
  return (
    <>
      {isReadAgain(batch, detail.dataset) ? <ReadAgain batch={batch} mappings={detail.mappings} /> : null}
      {batch.sha256 === undefined ? null : <MappingTrial batch={batch} />}
    </>
  );
}

/** Bad rows, which a person who sends for the department corrects. */
function FailedRows({ batch, again }: { readonly batch: Batch; readonly again: () => void }): ReactNode {
  const { say } = useWords();
  const { session } = useSession();
  return hasRoleAt(session, ['clerk', 'steward'], batch.department) ? (
    <BadRows batch={batch} done={again} />
  ) : (
    <p className="muted">{say('heldRowsNot')}</p>
  );
}

function BatchFacts(props: {
  readonly batch: Batch;
  readonly dataset: Schemas['DatasetView'] | undefined;
}): ReactNode {
  const { batch, dataset } = props;
  const { say, pick, when } = useWords();
  const { name } = useDepartments();
  const facts = [
    ['state', <State key="state" state={batch.state} />],
    [
      'dataset',
      <Link key="dataset" to={addressOf('datasets', [batch.dataset])}>
        <span title={batch.dataset}>{pick(dataset?.title) || batch.dataset}</span>
      </Link>,
    ],
    ['department', name(batch.department)],
    ['batch', <code key="batch">{batch.batch}</code>],
    ['opened', when(batch.openedAt)],
    ['finished', when(batch.finishedAt)],
    ['mappingUsed', batch.mapping ?? '—'],
    ['sendDigest', <code key="sha256">{batch.sha256 ?? '—'}</code>],
    ['heldDecides', batch.decides === undefined ? undefined : (batch.decidesName ?? batch.decides)],
    ['retranslatesBatch', linkTo(batch.retranslates)],
    ['correctsBatch', linkTo(batch.corrects)],
  ] as const;
  return (
    <section className="card">
      <dl className="facts">
        {facts
          .filter(([, value]) => value !== undefined)
          .map(([word, value]) => (
            <div key={word}>
              <dt>{say(word)}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      <Findings
        findings={batch.findings ?? []}
        isPast={batch.state === 'superseded'}
        title={say(titlesOfFindings[batch.state] ?? 'checksFound')}
      />
      {batch.state === 'checking' ? <CheckProgress progress={batch.progress} /> : null}
      {batch.heldUntil === undefined ? null : (
        <p>
          <strong>{say('heldUntil', { when: when(batch.heldUntil) })}</strong>
        </p>
      )}
    </section>
  );
}

const titlesOfFindings: Readonly<Partial<Record<Batch['state'], 'whyRejected' | 'heldWhy'>>> = {
  rejected: 'whyRejected',
  held: 'heldWhy',
};

const linkTo = (batch: string | undefined): ReactNode =>
  batch === undefined ? undefined : <Link to={addressOf('held', [batch])}>{batch}</Link>;

/** Whether the stored bytes of a batch may be read again: it has the current rows, and is no correction of another one. */
const isReadAgain = ({ batch, corrects }: Batch, dataset: Schemas['DatasetView']): boolean =>
  dataset.mode === 'snapshot' && dataset.currentBatch === batch && corrects === undefined;

/** Possible decisions: a held batch is released or dropped, the one before the current one is restored. */
function actsOn(
  { state }: Schemas['Batch'],
  dataset: Schemas['DatasetView'] | undefined,
): readonly ('release' | 'drop' | 'restore')[] {
  if (state === 'held') return ['release', 'drop'];
  return state === 'superseded' && dataset?.mode === 'snapshot' ? ['restore'] : [];
}

/** The batch that readers see now; for the current one, the batch before it. */
async function lastOf(
  id: string,
  dataset: Schemas['DatasetView'] | undefined,
): Promise<Schemas['Batch'] | undefined> {
  if (dataset === undefined) return undefined;
  const { currentBatch } = dataset;
  if (currentBatch !== undefined && currentBatch !== id)
    return get('/v1/batches/{batch}', { at: { batch: currentBatch } });
  const former = await get('/v1/batches', {
    query: { dataset: dataset.id, state: 'superseded', limit: '5' },
  });
  return former.batches.find(({ batch }) => batch !== id);
}
