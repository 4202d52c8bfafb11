import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get, type Schemas } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Link } from '../parts/Link.tsx';
import { List } from '../parts/List.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { State } from '../parts/State.tsx';
import { addressOf } from '../route.ts';
import { batchReaders, hasRole, hasRoleFor, mayRegister, readers, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { LineagePicture, useEndName } from './LineagePicture.tsx';
import { maxDrawn, relationsOf, type LineageAnswers, type Relation } from './lineage.ts';

const limit = '200';

/** What fills a dataset and who uses it, as a picture and as a table: as much of it as the person may see. */
export function UsedBy(props: { readonly detail: Schemas['DatasetDetail'] }): ReactNode {
  const { dataset, mappings } = props.detail;
  const { say, pick } = useWords();
  const { session, turn } = useSession();
  const nameOf = useEndName();
  const { id, department } = dataset;
  const answer = useAnswer(`lineage ${dataset.digest} ${mappings.length} ${turn}`, async () =>
    relationsOf({ dataset, mappings, ...(await lineageAnswers(session, dataset)) }),
  );
  const relations = answer.value;
  const isCut = (['source', 'use'] as const).some(
    (side) => (relations ?? []).filter((one) => one.side === side).length > maxDrawn,
  );
  return (
    <section className="card">
      <h2>{say('lgTitle')}</h2>
      <p className="muted">{say(hasRole(session, readers) ? 'lgLead' : 'lgNoAgreements')}</p>
      <Refusal
        error={answer.error}
        cli={asCall('GET /v1/policy/documents', { query: { dataset: id, kind: 'Agreement' } })}
      />
      {relations === undefined ? null : (
        <div className="scroll" tabIndex={0} role="group" aria-label={say('lgTitle')}>
          <LineagePicture title={pick(dataset.title)} relations={relations} />
        </div>
      )}
      {isCut ? <p className="muted">{say('lgCut', { n: maxDrawn })}</p> : null}
      <List<Relation>
        label={say('lgTitle')}
        rows={relations}
        keyOf={(one) => [one.side, one.kind, one.end.id, one.via].join(' ')}
        answer={answer}
        empty={say('lgNone')}
        columns={[
          { title: say('lgSide'), render: (_, one) => say(one.side === 'source' ? 'lgSource' : 'lgUse') },
          {
            title: say('lgEnd'),
            render: (_, { end }) => {
              const name = <span title={end.id}>{nameOf(end)}</span>;
              return end.kind === 'dataset' ? <Link to={addressOf('datasets', [end.id])}>{name}</Link> : name;
            },
          },
          { title: say('lgKind'), render: (_, one) => say(`lg_${one.kind}`) },
          {
            title: say('lgVia'),
            render: (_, { kind, via }) =>
              kind === 'agreement' ? (
                <Link to={addressOf('agreements', via.split('@'))}>{via}</Link>
              ) : (
                via || '—'
              ),
          },
          {
            title: say('state'),
            render: (_, { state }) => (state === undefined ? '—' : <State state={state} />),
          },
        ]}
      />
      {dataset.state === 'published' && mayRegister(session, department) ? (
        <p className="no-print">
          <Link to={addressOf('agreements', ['new'], { dataset: id })}>{say('naNew')}</Link>
        </p>
      ) : null}
    </section>
  );
}

/** What the person may read of it; nothing is asked that the hub would refuse. */
async function lineageAnswers(
  session: Schemas['Session'],
  { id, department, mode }: Schemas['DatasetView'],
): Promise<Omit<LineageAnswers, 'dataset' | 'mappings'>> {
  const [siblings, agreements, topics, pulls] = await Promise.all([
    everyPage(
      (cursor) => get('/v1/datasets', { query: { department, limit, cursor } }),
      ({ datasets }) => datasets,
    ),
    hasRole(session, readers)
      ? everyPage(
          (cursor) =>
            get('/v1/policy/documents', { query: { dataset: id, kind: 'Agreement', limit, cursor } }),
          ({ documents }) => documents,
        )
      : [],
    mode === 'events'
      ? everyPage(
          (cursor) => get('/v1/topics', { query: { department, limit, cursor } }),
          (page) => page.topics,
        )
      : [],
    hasRoleFor(session, batchReaders, department)
      ? everyPage(
          (cursor) => get('/v1/pulls', { query: { department, limit, cursor } }),
          (page) => page.pulls,
        )
      : [],
  ]);
  return { siblings, agreements, topics, pull: pulls.find(({ dataset }) => dataset === id) };
}
