import { Alert } from 'antd';
import type { ReactNode } from 'react';
import { defined } from '../../../terms/defined.ts';
import type { Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { DatasetTitles } from '../parts/WithDatasets.tsx';
import { FieldGrid } from '../requests/FieldGrid.tsx';
import { consumerOf, type Wanted } from '../requests/wanted.ts';
import { addressOf } from '../route.ts';
import { stewardDepartments, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

const month = 30 * 86_400_000;

/** The data that the consumer would receive, by dataset, with the loosened fields marked; and how to renew it near its end. */
export function AgreementSample(props: {
  readonly view: Schemas['PolicyDocumentView'];
  readonly wanted: Wanted;
}): ReactNode {
  const { view, wanted } = props;
  const { say, when } = useWords();
  const [first] = wanted.grants;
  const { session } = useSession();
  const mayRenew = stewardDepartments(session).includes(consumerOf(wanted));
  const ending = Date.parse(wanted.valid.until) - Date.now() < month && view.state === 'active';
  return (
    <>
      {ending && first !== undefined && mayRenew ? (
        <Alert
          className="gap no-print"
          type="warning"
          showIcon
          title={
            <>
              {say('agEnding', { until: when(wanted.valid.until) })}{' '}
              <Link
                to={addressOf('requests', ['new'], {
                  dataset: first.dataset,
                  renews: `${view.id}@${view.version}`,
                })}
              >
                {say('agRenew')}
              </Link>
            </>
          }
        />
      ) : null}
      <section className="card">
        <h2>{say('agSample')}</h2>
        <p className="muted">{say('agSampleLead')}</p>
        {wanted.grants.map(({ dataset, fields, reasons }, at) => (
          <div key={at}>
            <h3>
              <Link to={addressOf('datasets', [dataset])}>
                <DatasetTitles ids={[dataset]} />
              </Link>
            </h3>
            <FieldGrid
              dataset={dataset}
              rules={fields}
              {...defined({ reasons })}
              loosened={
                new Set(view.effect.loosens.filter((one) => one.dataset === dataset).map(({ cell }) => cell))
              }
            />
          </div>
        ))}
      </section>
    </>
  );
}
