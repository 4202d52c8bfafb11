import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

/** The log's length and root, and who has verified it up to which entry. */
export function LogHead(): ReactNode {
  const { say, when, number } = useWords();
  const { turn } = useSession();
  const { value, error } = useAnswer(`log state ${turn}`, () => get('/v1/log/state'));
  if (error !== undefined) return <Refusal error={error} cli={asCall('GET /v1/log/state')} />;
  // reserves its space, so that the content below does not move
  if (value === undefined)
    return (
      <section className="card log-head" aria-busy="true">
        <p className="muted">{say('loading')}</p>
      </section>
    );
  const { origin, size, root, verification, findings, witnesses } = value;
  const checked =
    verification === undefined
      ? say('logUnchecked')
      : `${say('logChecked', { pass: number(verification.pass), read: number(verification.read), of: number(verification.of) })}${verification.at === undefined ? '' : `${say('pointComma')}${when(verification.at)}`}`;
  return (
    <section className="card log-head" aria-label={say('logHead')}>
      <h2>{say('logHead')}</h2>
      <Facts
        of={[
          [say('logOrigin'), origin],
          [say('logSize'), number(size)],
          [say('logRoot'), <code key="root">{root}</code>],
          [say('logVerified'), checked],
          [
            say('logFound'),
            <span key="found" className={findings === 0 ? 'state good' : 'state bad'}>
              {findings === 0 ? say('logFoundNone') : say('logFoundSome', { count: findings })}
            </span>,
          ],
          [
            say('logWitnesses'),
            witnesses.length === 0 ? (
              <span key="none" className="state">
                {say('logWitnessNone')}
              </span>
            ) : (
              <ul className="plain" key="witnesses">
                {witnesses.map((one) => (
                  <li key={one.name}>
                    <span className={one.trouble === undefined ? 'state good' : 'state bad'}>
                      {one.trouble === undefined
                        ? say('logWitnessed')
                        : `${say('logTrouble')}${say('pointColon')}${one.trouble}`}
                    </span>{' '}
                    {one.name} · {say('logSize')} {number(one.size)}
                    {one.cosignedAt === undefined ? '' : ` · ${when(one.cosignedAt)}`}
                  </li>
                ))}
              </ul>
            ),
          ],
        ]}
      />
      <CommandLine label={say('logVerifySelf')} line="npx datong audit verify --as auditor" />
    </section>
  );
}
