import { Alert, Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, post } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Refusal } from '../parts/Refusal.tsx';
import { isWord } from '../parts/State.tsx';
import { useWords } from '../words/words.ts';
import { leaveForAccount } from './account.ts';
import { CodeForm } from './CodeForm.tsx';
import { InvitationForm } from './InvitationForm.tsx';
import { answerWithPasskey, hasPasskeys } from './passkey.ts';

/** @param props.again above a page whose session has ended; without it the whole page */
export function SignIn({
  done,
  again = false,
  returned,
}: {
  readonly done: () => void;
  readonly again?: boolean;
  /** why what came back from the identity provider did not do */
  readonly returned?: unknown;
}): ReactNode {
  const { say, pick, language, choose } = useWords();
  const { value, error } = useAnswer('sign-in', () => get('/v1/sign-in'));
  const [refused, setRefused] = useState<unknown>();
  const attempt = (act: () => Promise<unknown>, stay?: true): void => {
    setRefused(undefined);
    act().then(stay ? undefined : done, setRefused);
  };
  const Place = again ? 'section' : 'main';
  const demo = value?.demo ?? [];
  return (
    <Place className={again ? 'sign-in again' : 'sign-in'}>
      <div className="top-line">
        {again ? <h2>{say('signIn')}</h2> : <h1>{say('signInTo', { hub: value?.hub ?? 'Datong' })}</h1>}
        <Button
          size="small"
          lang={language === 'zh' ? 'en' : 'zh-CN'}
          onClick={() => choose(language === 'zh' ? 'en' : 'zh')}
        >
          {say('language')}
        </Button>
      </div>
      {again ? <Alert type="warning" showIcon title={say('sessionEnded')} /> : null}
      <Refusal
        error={refused ?? returned ?? error}
        cli="npx datong login NAME --hub https://HUB:8445 --pin sha256:… --token-file FILE"
      />
      {demo.length === 0 ? null : (
        <section className="card">
          <p role="note">
            <strong>{say('demoBanner')}</strong>
          </p>
          <h2>{say('pickPerson')}</h2>
          <ul className="identities">
            {demo.map(({ person, name, department, roles }) => (
              <li key={person}>
                <span>
                  {name}
                  <span className="muted">
                    {' '}
                    {department ?? say('office')} ·{' '}
                    {roles.map(({ role }) => (isWord(`r_${role}`) ? say(`r_${role}`) : role)).join('、')}
                  </span>
                </span>
                <Button
                  type="primary"
                  aria-label={`${say('pickAs')}：${name}`}
                  onClick={() => attempt(() => post('/v1/sessions/by-picking', { person }))}
                >
                  {say('pickAs')}
                </Button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {value?.provider === undefined ? null : (
        <section className="card">
          <h2>{say('byAccount', { provider: pick(value.provider) })}</h2>
          <Button
            type="primary"
            onClick={() => {
              setRefused(undefined);
              leaveForAccount('signIn', again).catch(setRefused);
            }}
          >
            {say('byAccount', { provider: pick(value.provider) })}
          </Button>
        </section>
      )}
      <section className="card">
        <h2>{say('byPasskey')}</h2>
        <Button type="primary" disabled={!hasPasskeys()} onClick={() => attempt(answerWithPasskey)}>
          {say('byPasskey')}
        </Button>
        <p className="muted">{say('passkeyHint')}</p>
      </section>
      <CodeForm attempt={attempt} />
      {again ? null : <InvitationForm attempt={attempt} />}
    </Place>
  );
}
