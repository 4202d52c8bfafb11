import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Link } from '../parts/Link.tsx';
import { List } from '../parts/List.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { State } from '../parts/State.tsx';
import { PeriodsCard } from '../registry/PeriodsCard.tsx';
import { addressOf } from '../route.ts';
import { ReadingsCard } from '../rows/ReadingsCard.tsx';
import { hasRole, hasRoleAt, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

type Expect = NonNullable<Schemas['DatasetView']['intake']['expect']>;
type Batch = Schemas['Batch'];

/** Submissions of a dataset: when they are expected, their mappings, and the last ones. Shown to its department and the data office. */
export function Submissions({ detail }: { readonly detail: Schemas['DatasetDetail'] }): ReactNode {
  const { dataset, mappings } = detail;
  const { say, when, pick, day } = useWords();
  const { session, turn } = useSession();
  const { id, department, intake } = dataset;
  const decides = hasRole(session, ['steward', 'security']);
  const sends = hasRoleAt(session, ['steward', 'clerk'], department);
  const answer = useAnswer(`submissions ${id} ${turn}`, async () => {
    const [{ batches }, silent] = await Promise.all([
      get('/v1/batches', { query: { dataset: id, limit: '6' } }),
      decides
        ? everyPage(
            (cursor) => get('/v1/inbox', { query: { kind: 'silent', limit: '200', cursor } }),
            (inbox) => inbox.silent,
          )
        : [],
    ]);
    return { batches, silent: silent.find((one) => one.dataset === id) };
  });
  const { batches, silent } = answer.value ?? {};
  const [mapping] = mappings;
  // a mapping is tried on the bytes of a batch
  const stored = batches?.find(({ sha256 }) => sha256 !== undefined);
  return (
    <>
      <section className="card">
        <h2>{say('dt_submissions')}</h2>
        {silent === undefined ? null : (
          <p role="alert" className="loosened">
            {say('silentSince', { due: day(silent.due) })}
          </p>
        )}
        <p className="muted">
          {intake.expect === undefined
            ? say('expectNone')
            : say('expectEvery', { every: everyOf(intake.expect, say) })}
        </p>
        <Facts
          of={[
            [
              say('mappings'),
              mappings.length === 0
                ? say('noMappings')
                : mappings.map((one) => `${one.name}@${one.version}`).join(say('pointList')),
            ],
          ]}
        />
        {sends ? (
          <p className="row-form no-print">
            {mapping === undefined ? null : (
              <Link button to={addressOf('send', [], { dataset: id })}>
                {say('send')}
              </Link>
            )}
            <Link to={addressOf('bykey', [id])}>{say('bykey')}</Link>
            {stored === undefined || !hasRoleAt(session, ['steward'], department) ? null : (
              <Link to={addressOf('held', [stored.batch])}>{say('mappingTry')}</Link>
            )}
          </p>
        ) : null}
        {mapping === undefined ? null : (
          <CommandLine
            label={say('sendLine')}
            line={`npx datong send FILE --as ${department} --dataset ${id} --mapping ${mapping.name}`}
          />
        )}
        <h3>{say('lastBatches')}</h3>
        <Refusal error={answer.error} cli={`npx datong batch list --dataset ${id}`} />
        <List<Batch>
          label={say('lastBatches')}
          rows={batches}
          keyOf={({ batch }) => batch}
          answer={answer}
          empty={say('batchesEmpty')}
          columns={[
            { title: say('opened'), render: (_, one) => when(one.openedAt) },
            {
              title: say('fileName'),
              render: (_, one) => (
                <Link to={addressOf('held', [one.batch])}>{one.fileName ?? one.batch}</Link>
              ),
            },
            { title: say('state'), render: (_, one) => <State state={one.state} /> },
            {
              title: say('heldWhy'),
              render: (_, { findings = [] }) =>
                findings.map(({ text }) => pick(text)).join(say('pointSemicolon')) || '—',
            },
          ]}
        />
        <p>
          <Link to={addressOf('batches', [], { dataset: id })}>{say('dtAllBatches')}</Link>
        </p>
      </section>
      <PeriodsCard detail={detail} />
      <ReadingsCard dataset={dataset} />
    </>
  );
}

const everyOf = (expect: Expect, say: ReturnType<typeof useWords>['say']): string =>
  say(`every_${expect.every}`, 'by' in expect ? { by: expect.by } : {});
