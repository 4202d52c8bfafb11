import { Button } from 'antd';
import { useState, type SyntheticEvent, type ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { List, placeIn, sortedBy } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { leaveForAccount } from '../signIn/account.ts';
import { hasPasskeys, registerPasskey } from '../signIn/passkey.ts';
import { useAct } from '../parts/useAct.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';

type Open = Schemas['Sessions']['sessions'][number];

/** Sessions of the person, and their passkeys. */
export function SessionsPage(): ReactNode {
  const { say, pick, when } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const query = { way: filter['way'], ...placeIn(filter) };
  const answer = useAnswer(`sessions ${JSON.stringify(query)} ${turn}`, () => get('/v1/sessions', { query }));
  const provider = useAnswer('sign-in', () => get('/v1/sign-in')).value?.provider;
  const { act, sending, error } = useAct();
  const [label, setLabel] = useDraftText('passkey label');
  const [added, setAdded] = useState(false);
  const [tried, setTried] = useState('');
  const end = (session: string): void => {
    setTried(asCall('POST /v1/sessions/{session}/end', { at: { session } }, {}));
    act(() => post('/v1/sessions/{session}/end', {}, { at: { session } }), answer.again);
  };
  const add = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTried(asCall('POST /v1/passkeys/offers'));
    act(
      () => registerPasskey(label),
      () => {
        setLabel('');
        setAdded(true);
      },
    );
  };
  return (
    <Page
      title={say('sessions')}
      lead={say('sessionsLead')}
      error={error ?? answer.error}
      cli={error === undefined ? asCall('GET /v1/sessions') : tried}
    >
      <form className="card row-form" onSubmit={add} aria-label={say('addPasskey')}>
        <label className="choice">
          <span>{say('passkeyLabel')}</span>
          <input required maxLength={60} value={label} onChange={({ target }) => setLabel(target.value)} />
        </label>
        <Button htmlType="submit" disabled={sending || !hasPasskeys()}>
          {say('addPasskey')}
        </Button>
        {added ? <span role="status">{say('passkeyAdded')}</span> : null}
      </form>
      <OwnPasskeys key={String(added)} />
      {provider === undefined ? null : (
        <p className="card">
          <Button
            disabled={sending}
            onClick={() => {
              setTried(asCall('POST /v1/accounts/offers'));
              act(
                () => leaveForAccount('bind'),
                () => undefined,
              );
            }}
          >
            {say('bindAccount', { provider: pick(provider) })}
          </Button>
        </p>
      )}
      <div className="filters">
        <Choice
          name="way"
          label={say('sessionWay')}
          all={say('allWays')}
          options={(['totp', 'passkey', 'oidc', 'demo'] as const).map((value) => ({
            value,
            text: say(`w_${value}`),
          }))}
        />
      </div>
      <List<Open>
        label={say('sessions')}
        rows={answer.value?.sessions}
        usualSort="-begun"
        keyOf={({ id }) => id}
        answer={answer}
        empty={say('sessionsEmpty')}
        page={answer.value}
        columns={[
          { title: say('person'), render: (_, one) => one.name },
          { title: say('sessionWay'), render: (_, one) => say(`w_${one.way}`) },
          { ...sortedBy('begun'), title: say('sessionBegun'), render: (_, one) => when(one.begun) },
          { title: say('sessionSeen'), render: (_, one) => when(one.seen) },
          {
            title: say('actions'),
            render: (_, one) =>
              one.current ? (
                say('sessionThis')
              ) : (
                <Button
                  size="small"
                  disabled={sending}
                  aria-label={`${say('endSession')}${say('pointColon')}${one.name} ${one.id}`}
                  onClick={() => end(one.id)}
                >
                  {say('endSession')}
                </Button>
              ),
          },
        ]}
      />
    </Page>
  );
}

type Passkey = Schemas['PasskeyList']['passkeys'][number];

/** Passkeys for sign-in and signature, with the name by which a mandate refers to them. */
function OwnPasskeys(): ReactNode {
  const { say, when } = useWords();
  const { turn } = useSession();
  const answer = useAnswer(`passkeys ${turn}`, () => get('/v1/passkeys'));
  const { person = '', console = '', passkeys } = answer.value ?? {};
  return (
    <section className="card">
      <h2>{say('ownPasskeys')}</h2>
      <p className="muted">{say('ownPasskeysLead', { person, console })}</p>
      <List<Passkey>
        label={say('ownPasskeys')}
        rows={passkeys}
        keyOf={({ id }) => id}
        answer={answer}
        empty={say('ownPasskeysEmpty')}
        columns={[
          { title: say('passkeyName'), render: (_, one) => one.label },
          { title: say('keyThumbprint'), render: (_, one) => <code>{one.key}</code> },
          { title: say('passkeyUntil'), render: (_, one) => when(one.expires) },
        ]}
      />
    </section>
  );
}
