import { Alert } from 'antd';
import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';
import { ChangeTable } from './ChangeTable.tsx';
import { Reached } from './Reached.tsx';

interface Tried {
  readonly tried: Schemas['SchemaTried'];
}

/** Errors that registering this text would cause, its changes, and the parties they affect. */
export function SchemaTrial({ tried }: Tried): ReactNode {
  return (
    <>
      <SchemaGate tried={tried} />
      <SchemaEffect tried={tried} />
    </>
  );
}

/** Whether the text could be registered; otherwise each error with its place and its correction. */
export function SchemaGate({ tried }: Tried): ReactNode {
  const { say, pick } = useWords();
  const { ok, code, findings, needsOfficer } = tried;
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
          <Alert
            type="error"
            showIcon
            title={`${say('scFindings')}${say('pointColon')}${code ?? ''}`}
            description={say('sfProblems', { n: findings.length })}
          />
          <ul className="findings" aria-label={say('scFindings')}>
            {findings.map((one) => (
              <li key={JSON.stringify(one)}>
                <code>{one.pointer === undefined || one.pointer === '' ? '/' : one.pointer}</code>{' '}
                {pick(one.message)}
                {one.against === undefined
                  ? ''
                  : `${say('pointOpen')}${say('scAgainst', { version: one.against })}${say('pointClose')}`}
                <div className="muted">
                  {one.mend === undefined ? '' : `${say('scMend')}${say('pointColon')}${pick(one.mend)} `}
                  <code>{one.code}</code>
                </div>
                {one.witness === undefined ? null : (
                  <details>
                    <summary>{say('scWitness')}</summary>
                    <code>{one.witness}</code>
                  </details>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** The changes since the version before, and the parties they affect; nothing of a first version. */
export function SchemaEffect({ tried }: Tried): ReactNode {
  const { say } = useWords();
  const { changes, against, touches, compatibility } = tried;
  if (against === undefined && touches === undefined) return null;
  return (
    <section className="card">
      {against === undefined ? null : (
        <>
          <h2>
            {say('scChanges')}
            {say('pointOpen')}
            {say('scAgainst', { version: against })}
            {say('pointClose')}
          </h2>
          {compatibility === undefined ? null : (
            <>
              <p>
                {say('scCompatibility')}
                {say('pointColon')}
                {compatibility}
              </p>
              <ChangeTable changes={changes} mode={compatibility} />
            </>
          )}
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
