import { Table } from 'antd';
import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Bar } from '../parts/Bar.tsx';
import { labelled } from '../parts/labelled.ts';
import { Link } from '../parts/Link.tsx';
import { useFieldNames } from '../parts/useFieldNames.ts';
import { Refusal } from '../parts/Refusal.tsx';
import { addressOf, useRoute } from '../route.ts';
import { useWords } from '../words/words.ts';

/** The fields of a batch in numbers, each of which opens the lines that it counts. The address names the open one. */
export function FieldQuality(props: {
  readonly dataset: string;
  /** urn of the version that names the fields */
  readonly schema: string;
  readonly batch: Schemas['Quality']['batches'][number];
  readonly share: (value: number | undefined) => string;
}): ReactNode {
  const { dataset, schema, batch, share } = props;
  const { say, when } = useWords();
  const fieldName = useFieldNames([schema]);
  const titleOf = (name: string): string => fieldName(schema, name) ?? name;
  const { filter } = useRoute();
  const { field = '' } = filter;
  const opening = (name: string, what: 'emptyShare' | 'distinctShare', value: number): ReactNode => (
    <Link
      stay
      current={field === name}
      label={`${titleOf(name)} ${say(what)} ${share(value)}`}
      to={addressOf('datasets', [dataset], { ...filter, field: field === name ? '' : name })}
    >
      <Bar share={value} text={share(value)} />
    </Link>
  );
  return (
    <>
      <h3>
        {say('qualityFields')}
        {say('pointColon')}
        {when(batch.publishedAt)}
      </h3>
      <p className="muted">{say('qualityFieldsLead')}</p>
      <Table
        aria-label={say('qualityFields')}
        size="small"
        pagination={false}
        rowKey={(one) => one.field}
        dataSource={batch.fields}
        columns={labelled<Schemas['Quality']['batches'][number]['fields'][number]>([
          { title: say('field'), render: (_, one) => <span title={one.field}>{titleOf(one.field)}</span> },
          { title: say('emptyShare'), render: (_, one) => opening(one.field, 'emptyShare', one.empty) },
          {
            title: say('distinctShare'),
            render: (_, one) =>
              one.distinct === undefined ? '–' : opening(one.field, 'distinctShare', one.distinct),
          },
        ])}
      />
      {field === '' ? null : (
        <Places dataset={dataset} batch={batch.batch} field={field} title={titleOf(field)} />
      )}
    </>
  );
}

function Places(props: {
  readonly dataset: string;
  readonly batch: string;
  readonly field: string;
  readonly title: string;
}): ReactNode {
  const { dataset, batch, field, title } = props;
  const { say, number } = useWords();
  const { value, error, loading } = useAnswer(`places ${batch} ${field}`, () =>
    get('/v1/batches/{batch}/fields/{field}', { at: { batch, field } }),
  );
  const lines = (first: readonly number[], count: number): string =>
    `${first.map(number).join(say('pointList'))}${count > first.length ? ' …' : ''}`;
  return (
    <section aria-label={say('placesOf', { field: title })} role="status">
      <Refusal error={error} cli={`npx datong batch quality ${dataset} --field ${field} --batch ${batch}`} />
      {value === undefined ? (
        <p className="muted">{loading ? say('placesReading') : ''}</p>
      ) : (
        <ul className="steps">
          <li>
            {say('placesEmpty', { field: title, count: number(value.empty.count), rows: number(value.rows) })}{' '}
            {value.empty.count === 0
              ? ''
              : say('placesLines', { lines: lines(value.empty.lines, value.empty.count) })}
          </li>
          <li>
            {say(value.again.whole ? 'placesAgain' : 'placesAgainLeast', {
              field: title,
              count: number(value.again.count),
            })}{' '}
            {value.again.count === 0
              ? ''
              : say('placesLines', { lines: lines(value.again.lines, value.again.count) })}
          </li>
          {value.corrects === undefined ? null : (
            <li>
              {say('placesCorrects')} <Link to={addressOf('held', [value.corrects])}>{value.corrects}</Link>
            </li>
          )}
        </ul>
      )}
    </section>
  );
}
