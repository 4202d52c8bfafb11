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
  const { say, pick, when } = useWords();
  const { session, turn } = useSession();
  const { what } = useRoute();
  const { name } = useDepartments();
  const [id = ''] = what;
  const answer = useAnswer(`${id} ${turn}`, () => get('/v1/batches/{batch}', { at: { batch: id } }));
  const batch = answer.value;
  const { again } = answer;
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
  const sends = hasRoleAt(session, ['clerk', 'steward'], batch?.department);
  const readsAgain = hasRoleAt(session, ['steward'], batch?.department) && dataset?.mode === 'snapshot';
  const trying =
    hasRoleAt(session, ['steward'], batch?.department) &&
    dataset !== undefined &&
    batch?.sha256 !== undefined;
  const decides = hasRoleFor(session, ['steward', 'security'], batch?.department);
  const acts =
    !decides || batch === undefined || batch.waitsForAnother === true ? [] : actsOn(batch, dataset);
  return (
    <Page
      title={`${say('held')} ${batch?.fileName ?? id}`}
      error={answer.error}
      cli={`npx datong batch show ${id}`}
      actions={
        <>
          <Link to={addressOf('batches')}>{say('back')}</Link>
          <Button onClick={() => window.print()}>{say('print')}</Button>
        </>
      }
    >
      {batch === undefined ? null : (
        <>
          <section className="card">
            <dl className="facts">
              {(
                [
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
                  ...(batch.decides === undefined
                    ? []
                    : ([['heldDecides', batch.decidesName ?? batch.decides]] as const)),
                  ...(batch.retranslates === undefined
                    ? []
                    : ([
                        [
                          'retranslatesBatch',
                          <Link key="retranslates" to={addressOf('held', [batch.retranslates])}>
                            {batch.retranslates}
                          </Link>,
                        ],
                      ] as const)),
                  ...(batch.corrects === undefined
                    ? []
                    : ([
                        [
                          'correctsBatch',
                          <Link key="corrects" to={addressOf('held', [batch.corrects])}>
                            {batch.corrects}
                          </Link>,
                        ],
                      ] as const)),
                ] as const
              ).map(([word, value]) => (
                <div key={word}>
                  <dt>{say(word)}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
            <Findings
              findings={batch.findings ?? []}
              isPast={batch.state === 'superseded'}
              title={say(
                batch.state === 'rejected'
                  ? 'whyRejected'
                  : batch.state === 'held'
                    ? 'heldWhy'
                    : 'checksFound',
              )}
            />
            {batch.state === 'checking' ? <CheckProgress progress={batch.progress} /> : null}
            {batch.heldUntil === undefined ? null : (
              <p>
                <strong>{say('heldUntil', { when: when(batch.heldUntil) })}</strong>
              </p>
            )}
          </section>
          {batch.state === 'held' ? <Difference batch={batch.batch} /> : null}
          {(batch.counts?.bad ?? 0) === 0 ? null : sends ? (
            <BadRows batch={batch} done={again} />
          ) : (
            <p className="muted">{say('heldRowsNot')}</p>
          )}
          <Decision
            batch={batch}
            acts={acts}
            two={dataset?.intake.secondPerson === true}
            again={answer.again}
          />
          {readsAgain && dataset.currentBatch === id && batch.corrects === undefined ? (
            <ReadAgain batch={batch} mappings={detail?.mappings ?? []} />
          ) : null}
          {trying ? <MappingTrial batch={batch} /> : null}
          {batch.counts === undefined ? null : <Figures batch={batch} last={last} />}
          <section className="card">
            <h2>{say('heldProblems')}</h2>
            <ProblemTable label={say('heldProblems')} problems={problems ?? []} />
          </section>
        </>
      )}
    </Page>
  );
}

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
