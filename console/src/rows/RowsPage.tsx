import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { primaryKeyOf } from '../parts/primaryKeyOf.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasRoleAt, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { DeleteRows } from './DeleteRows.tsx';
import { TraceRow } from './TraceRow.tsx';
import { holdsRows } from '../parts/holdsRows.ts';

/**
 * Rows of the person's own department by their keys: where one came from, and which are to be deleted. Input of this page is in no address
 * and no draft.
 */
export function RowsPage(): ReactNode {
  const { say, pick } = useWords();
  const { turn } = useSession();
  const { what } = useRoute();
  const [id = ''] = what;
  const answer = useAnswer(`${id} ${turn}`, () => get('/v1/datasets/{dataset}', { at: { dataset: id } }));
  const dataset = answer.value?.dataset;
  const schema = useAnswer(`key of ${dataset?.schema ?? ''} ${turn}`, () =>
    dataset === undefined
      ? Promise.resolve(undefined)
      : get('/v1/schemas/{schema}', { at: { schema: dataset.schema } }),
  );
  const fields = schema.value === undefined ? undefined : primaryKeyOf(schema.value.document);
  return (
    <Page
      title={`${say('bykey')} · ${dataset === undefined ? id : pick(dataset.title)}`}
      lead={say('rowsLead')}
      error={answer.error ?? schema.error}
      cli={`npx datong batch row --dataset ${id} --key FIELD=VALUE`}
      actions={<Link to={addressOf('datasets', [id], { tab: 'submissions' })}>{say('back')}</Link>}
    >
      {dataset === undefined || fields === undefined ? null : (
        <ActsOnRows id={id} dataset={dataset} fields={fields} />
      )}
    </Page>
  );
}

/** What the person can do with rows, or why nothing. */
function ActsOnRows(props: {
  readonly id: string;
  readonly dataset: Schemas['DatasetView'];
  /** fields of the primary key */
  readonly fields: ReturnType<typeof primaryKeyOf>;
}): ReactNode {
  const { id, dataset, fields } = props;
  const { say } = useWords();
  const { session } = useSession();
  const mayAct = hasRoleAt(session, ['steward', 'clerk'], dataset.department);
  if (!mayAct || !holdsRows(dataset)) return <p role="status">{say(mayAct ? 'rowsLive' : 'rowsNotOwn')}</p>;
  if (fields.length === 0) return <p role="status">{say('rowsKeyless')}</p>;
  return (
    <>
      <TraceRow dataset={id} fields={fields} />
      {hasRoleAt(session, ['steward'], dataset.department) ? (
        <DeleteRows dataset={dataset} fields={fields} />
      ) : null}
    </>
  );
}
