import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';

/** A token and the code of an authenticator, or binding the authenticator first. */
export function CodeForm({
  attempt,
}: {
  readonly attempt: (act: () => Promise<unknown>, stay?: true) => void;
}): ReactNode {
  const { say } = useWords();
  const [token, setToken] = useState('');
  const [code, setCode] = useState('');
  const [offered, setOffered] = useState<Schemas['OfferedAuthenticator']>();
  const bind = async (): Promise<void> => setOffered(await post('/v1/authenticator', undefined, { token }));
  return (
    <section className="card">
      <h2>{say('byCode')}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          attempt(() => post('/v1/sessions/by-code', { token: token.trim(), code: code.trim() }));
        }}
      >
        <label className="choice">
          <span>{say('token')}</span>
          <input
            type="password"
            autoComplete="off"
            required
            value={token}
            onChange={({ target }) => setToken(target.value)}
          />
        </label>
        <label className="choice">
          <span>{say('code')}</span>
          <input
            inputMode="numeric"
            autoComplete="one-time-code"
            pattern="[0-9]{6}"
            maxLength={6}
            required
            value={code}
            onChange={({ target }) => setCode(target.value)}
          />
        </label>
        <div className="row-form">
          <Button type="primary" htmlType="submit">
            {say('signIn')}
          </Button>
          <Button disabled={token === ''} onClick={() => attempt(bind, true)}>
            {say('bindFirst')}
          </Button>
        </div>
      </form>
      {offered === undefined ? null : (
        <>
          <h2>{say('bindTitle')}</h2>
          <p>{say('bindText')}</p>
          <p>
            <code>{offered.secret.match(/.{1,4}/g)?.join(' ')}</code>
          </p>
          <p>
            <a href={offered.uri}>otpauth://…</a>
          </p>
        </>
      )}
    </section>
  );
}
