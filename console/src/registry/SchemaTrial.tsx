import { Alert, Table } from 'antd';
import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';
import { ChangeTable } from './ChangeTable.tsx';
import { Reached } from './Reached.tsx';

/** Errors that registering this text would cause, its changes, and the parties they affect. */
export function SchemaTrial({ tried }: { readonly tried: Schemas['SchemaTried'] }): ReactNode {
  const { say, pick } = useWords();
  const { ok, code, findings, changes, against, needsOfficer, touches } = tried;
  return (
    <section className="card" aria-live="polite" aria-label={say('checks')}>
      {ok ? (
        <Alert
          type="success"
          showIcon
          title={say('scHolds')}
          description={needsOfficer ? say('scOfficer') : undefined}
        />
      ) : (
        <>
          <Alert type="error" showIcon title={`${say('scFindings')}${say('pointColon')}${code ?? ''}`} />
          <Table
            aria-label={say('scFindings')}
            size="small"
            pagination={false}
            rowKey={(one) => JSON.stringify(one)}
            dataSource={findings}
            columns={[
              {
                title: say('scPlace'),
                render: (_, one) => <code>{one.pointer === '' ? '/' : one.pointer}</code>,
              },
              { title: say('scRule'), render: (_, one) => <code>{one.code}</code> },
              {
                title: say('scMeaning'),
                render: (_, one) => (
                  <>
                    {pick(one.message)}
                    {one.against === undefined
                      ? ''
                      : `${say('pointOpen')}${say('scAgainst', { version: one.against })}${say('pointClose')}`}
                    {one.witness === undefined ? null : (
                      <details>
                        <summary>{say('scWitness')}</summary>
                        <code>{one.witness}</code>
                      </details>
                    )}
                  </>
                ),
              },
              { title: say('scMend'), render: (_, one) => pick(one.mend) },
            ]}
          />
        </>
      )}
      {against === undefined ? null : (
        <>
          <h2>
            {say('scChanges')}
            {say('pointOpen')}
            {say('scAgainst', { version: against })}
            {say('pointClose')}
          </h2>
          <ChangeTable changes={changes} mode="BACKWARD" />
        </>
      )}
      {touches === undefined ? null : (
        <>
          <h2>{say('scReaches')}</h2>
          <Reached by={touches} />
        </>
      )}
    </section>
  );
}
