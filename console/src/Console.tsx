import { Alert, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { asCall } from './api/asCall.ts';
import { get, Refused, type Schemas } from './api/call.ts';
import { draftsOf } from './parts/useDraft.ts';
import { Refusal } from './parts/Refusal.tsx';
import { SessionContext, signedMark } from './session.ts';
import { Shell } from './Shell.tsx';
import { cameBack, comeBack } from './signIn/account.ts';
import { SignIn } from './signIn/SignIn.tsx';
import { firstShade, ShadeContext, storeShade, themeOf, type Shade } from './theme.ts';
import { SpeechContext, useWords, type Language } from './words/words.ts';

const languageKey = 'datong-language';
const firstLanguage = (): Language => {
  const chosen = window.localStorage.getItem(languageKey) ?? navigator.language;
  return chosen.startsWith('zh') ? 'zh' : 'en';
};

export function Console({ nonce }: { readonly nonce: string }): ReactNode {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  const choose = useCallback((chosen: Language) => {
    window.localStorage.setItem(languageKey, chosen);
    setLanguage(chosen);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  const [shade, setShade] = useState<Shade>(firstShade);
  const chooseShade = useCallback((chosen: Shade) => {
    storeShade(chosen);
    setShade(chosen);
  }, []);
  useEffect(() => {
    document.documentElement.dataset['theme'] = shade;
  }, [shade]);
  const shown = useMemo(() => ({ shade, choose: chooseShade }), [shade, chooseShade]);
  const speech = useMemo(() => ({ language, choose }), [language, choose]);
  return (
    <ConfigProvider
      csp={{ nonce }}
      theme={themeOf[shade]}
      locale={language === 'zh' ? zhCN : enUS}
      button={{ autoInsertSpace: false }}
      wave={{ disabled: true }}
    >
      <ShadeContext value={shown}>
        <SpeechContext value={speech}>
          <Signed />
        </SpeechContext>
      </ShadeContext>
    </ConfigProvider>
  );
}

/**
 * The state is signed out, signed in, or signed in with an ended session. After that end the page stays with its input, below the sign-in
 * form.
 */
function Signed(): ReactNode {
  const { say } = useWords();
  const [session, setSession] = useState<Schemas['Session']>();
  const [state, setState] = useState<'asking' | 'nobody' | 'signed' | 'ended'>('asking');
  const [error, setError] = useState<unknown>();
  const returning = useRef<ReturnType<typeof comeBack>>(undefined);
  const [returned, setReturned] = useState<unknown>();
  const [bound, setBound] = useState(false);
  const [turn, setTurn] = useState(0);
  const ask = useCallback(() => {
    get('/v1/sessions/current').then(
      (answer) => {
        draftsOf(answer.person);
        setSession(answer);
        setState('signed');
        setTurn((before) => before + 1);
      },
      (failure: unknown) => {
        window.localStorage.removeItem(signedMark);
        if (!(failure instanceof Refused)) setError(failure);
        setState('nobody');
      },
    );
  }, []);
  // without an earlier sign-in in this browser there is no session to request, and no refusal
  useEffect(() => {
    const look = (): void => {
      if (window.localStorage.getItem(signedMark) === null) setState('nobody');
      else ask();
    };
    if (returning.current === undefined && !cameBack()) {
      look();
      return;
    }
    // an effect may run twice, but a sign-in that was begun ends once
    returning.current ??= comeBack();
    returning.current.then(
      (purpose) => {
        setBound(purpose === 'bind');
        if (purpose === 'signIn') window.localStorage.setItem(signedMark, new Date().toISOString());
        ask();
      },
      (failure: unknown) => {
        setReturned(failure);
        look();
      },
    );
  }, [ask]);
  const done = useCallback(() => {
    window.localStorage.setItem(signedMark, new Date().toISOString());
    ask();
  }, [ask]);
  // the person signed in again in another window: this page continues
  useEffect(() => {
    const onStorage = ({ key, newValue }: StorageEvent): void => {
      if (key === signedMark && newValue !== null) ask();
    };
    window.addEventListener('storage', onStorage);
    return () => window.removeEventListener('storage', onStorage);
  }, [ask]);
  const ended = useCallback(() => setState('ended'), []);
  const signed = useMemo(() => session && { session, ended, turn }, [session, ended, turn]);
  if (state === 'asking') return null;
  if (error !== undefined) return <Refusal error={error} cli={asCall('GET /v1/sessions/current')} />;
  if (signed === undefined || state === 'nobody') return <SignIn done={done} returned={returned} />;
  return (
    <SessionContext value={signed}>
      {state === 'ended' ? (
        <SignIn done={done} again />
      ) : (
        <Refusal
          error={returned}
          cli="npx datong login NAME --hub https://HUB:8445 --pin sha256:… --token-file FILE"
        />
      )}
      {bound ? <Alert role="status" type="success" showIcon closable title={say('accountBound')} /> : null}
      {/* another person in this window starts with nothing that the first one typed or saw */}
      <Shell key={signed.session.person} />
    </SessionContext>
  );
}
