import { Alert, Button } from 'antd';
import { useRef, useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Refusal } from '../parts/Refusal.tsx';
import { isWord } from '../parts/State.tsx';
import { useWords } from '../words/words.ts';
import { leaveForAccount } from './account.ts';
import { CodeForm } from './CodeForm.tsx';
import { InvitationForm } from './InvitationForm.tsx';
import { answerWithPasskey, hasPasskeys } from './passkey.ts';
import { LanguageButton } from '../parts/LanguageButton.tsx';

/** @param props.again above a page whose session has ended; without it the whole page */
export function SignIn({
  done,
  again = false,
  returned,
}: {
  readonly done: () => void;
  readonly again?: boolean;
  /** error of the return from the identity provider */
  readonly returned?: unknown;
}): ReactNode {
  const { say } = useWords();
  const { value, error, loading } = useAnswer('sign-in', () => get('/v1/sign-in'));
  const [refused, setRefused] = useState<unknown>();
  const under = useRef(false);
  // a double press signs in once: a code and an invitation permit one try
  const attempt = (act: () => Promise<unknown>, stay?: true): void => {
    if (under.current) return;
    under.current = true;
    setRefused(undefined);
    act()
      .then(stay ? undefined : done, setRefused)
      .finally(() => (under.current = false));
  };
  const Place = again ? 'section' : 'main';
  // the sign-in methods are loaded first: one added later above the others would move them
  if (loading && value === undefined) return <Place className="sign-in" aria-busy="true" />;
  // the data office's first, then department by department
  const demo = [...(value?.demo ?? [])].sort((one, other) => placeOf(one).localeCompare(placeOf(other)));
  return (
    <Place className={again ? 'sign-in again' : 'sign-in'}>
      <Head again={again} hub={value?.hub} />
      <Refusal
        error={refused ?? returned ?? error}
        cli="npx datong login NAME --hub https://HUB:8445 --pin sha256:… --token-file FILE"
      />
      <DemoPersons of={demo} attempt={attempt} />
      {again ? null : <PersonApp at={value?.personApp} />}
      <Account
        provider={value?.provider}
        leave={() => {
          setRefused(undefined);
          leaveForAccount('signIn', again).catch(setRefused);
        }}
      />
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

function Head(props: { readonly again: boolean; readonly hub: string | undefined }): ReactNode {
  const { again, hub = 'Datong' } = props;
  const { say } = useWords();
  return (
    <>
      <div className="top-line">
        {again ? <h2>{say('signIn')}</h2> : <h1>{say('signInTo', { hub })}</h1>}
        <LanguageButton />
      </div>
      {again ? <Alert type="warning" showIcon title={say('sessionEnded')} /> : null}
    </>
  );
}

/** In a demo, one picks a person. */
function DemoPersons(props: {
  readonly of: Schemas['SignIn']['demo'];
  readonly attempt: (act: () => Promise<unknown>) => void;
}): ReactNode {
  const { of, attempt } = props;
  const { say, pick } = useWords();
  if (of.length === 0) return null;
  return (
    <section className="card" aria-label={say('pickPerson')}>
      <p role="note">
        <strong>{say('demoBanner')}</strong>
      </p>
      <h2>{say('pickPerson')}</h2>
      <ul className="identities">
        {of.map(({ person, name, department, departmentName, roles }) => (
          <li key={person}>
            <span>
              {name}
              <span className="muted">
                {' '}
                {departmentName === undefined ? (department ?? say('office')) : pick(departmentName)} ·{' '}
                {roles
                  .map(({ role }) => (isWord(`r_${role}`) ? say(`r_${role}`) : role))
                  .join(say('pointList'))}
              </span>
              {roles.map(({ role, department: place }) => (
                <Hint key={role} role={role} office={place === undefined} />
              ))}
            </span>
            <Button
              type="primary"
              aria-label={`${say('pickAs')}${say('pointColon')}${name}`}
              onClick={() => attempt(() => post('/v1/sessions/by-picking', { person }))}
            >
              {say('pickAs')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A link to the demo's app for persons. @param props.at its origin; undefined where there is none */
function PersonApp({ at }: { readonly at: string | undefined }): ReactNode {
  const { say, language } = useWords();
  if (at === undefined) return null;
  return (
    <section className="card" aria-label={say('personApp')}>
      <h2>{say('personApp')}</h2>
      <p>{say('personAppText')}</p>
      <a href={`${at}/?language=${language}`}>{say('personAppOpen')}</a>
    </section>
  );
}

/** By an account at the identity provider. @param props.leave goes there */
function Account(props: {
  readonly provider: Schemas['SignIn']['provider'];
  readonly leave: () => void;
}): ReactNode {
  const { provider, leave } = props;
  const { say, pick } = useWords();
  if (provider === undefined) return null;
  const text = say('byAccount', { provider: pick(provider) });
  return (
    <section className="card">
      <h2>{text}</h2>
      <Button type="primary" onClick={leave}>
        {text}
      </Button>
    </section>
  );
}

const placeOf = ({ department = '', roles }: Schemas['SignIn']['demo'][number]): string =>
  `${department} ${roles[0]?.role ?? ''}`;

/** What to start with in a demo, for users who have read nothing else. */
function Hint({ role, office }: { readonly role: string; readonly office: boolean }): ReactNode {
  const { say } = useWords();
  const word = role === 'steward' && office ? 'hint_steward_office' : `hint_${role}`;
  return isWord(word) ? <span className="hint muted">{say(word)}</span> : null;
}
