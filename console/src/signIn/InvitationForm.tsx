import { Alert, Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';
import { answerWithPasskey, hasPasskeys, registerPasskey } from './passkey.ts';

/** Coming in: both halves of an invitation, then a passkey in the same breath; the token is shown for machines and for authenticators. */
export function InvitationForm(props: {
  readonly attempt: (act: () => Promise<unknown>, stay?: true) => void;
}): ReactNode {
  const { attempt } = props;
  const { say, when } = useWords();
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const [accepted, setAccepted] = useState<Schemas['InvitationAccepted']>();
  const accept = async (): Promise<void> =>
    setAccepted(await post('/v1/invitations/acceptances', { first: first.trim(), second: second.trim() }));
  const signedIn = async ({ token }: Schemas['InvitationAccepted']): Promise<void> => {
    await registerPasskey(say('passkeyFirst'), token);
    await answerWithPasskey();
  };
  if (accepted !== undefined) {
    return (
      <section className="card" role="status">
        <h2>{say('acceptedTitle')}</h2>
        <Alert type="warning" showIcon title={say('acceptedToken', { until: when(accepted.expires) })} />
        <p>
          <code>{accepted.token}</code>
        </p>
        <Button type="primary" disabled={!hasPasskeys()} onClick={() => attempt(() => signedIn(accepted))}>
          {say('acceptedPasskey')}
        </Button>
      </section>
    );
  }
  return (
    <section className="card">
      <h2>{say('acceptTitle')}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          attempt(accept, true);
        }}
      >
        <label className="choice">
          <span>{say('acceptFirst')}</span>
          <input
            required
            autoComplete="off"
            value={first}
            onChange={({ target }) => setFirst(target.value)}
          />
        </label>
        <label className="choice">
          <span>{say('acceptSecond')}</span>
          <input
            required
            autoComplete="off"
            value={second}
            onChange={({ target }) => setSecond(target.value)}
          />
        </label>
        <div className="row-form">
          <Button htmlType="submit">{say('accept')}</Button>
        </div>
      </form>
    </section>
  );
}
