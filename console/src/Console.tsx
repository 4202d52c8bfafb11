import { ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { get, Refused, type Schemas } from './api/call.ts';
import { Refusal } from './parts/Refusal.tsx';
import { SessionContext } from './session.ts';
import { Shell } from './Shell.tsx';
import { SignIn } from './signIn/SignIn.tsx';
import { SpeechContext, type Language } from './words/words.ts';

/** Colours with which every text has the contrast of WCAG 2.1 AA. */
const theme = {
  cssVar: { key: 'datong' },
  token: {
    colorPrimary: '#0958d9',
    colorTextPlaceholder: 'rgba(0,0,0,.6)',
    colorTextDescription: 'rgba(0,0,0,.65)',
    colorTextDisabled: 'rgba(0,0,0,.6)',
    motion: false,
  },
};

const kept = 'datong-language';
/** that somebody signed in here; the session itself is a cookie that no script sees */
const signedMark = 'datong-signed-in';
const firstLanguage = (): Language => {
  const chosen = window.localStorage.getItem(kept) ?? navigator.language;
  return chosen.startsWith('zh') ? 'zh' : 'en';
};

export function Console({ nonce }: { readonly nonce: string }): ReactNode {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  const choose = useCallback((chosen: Language) => {
    window.localStorage.setItem(kept, chosen);
    setLanguage(chosen);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  const speech = useMemo(() => ({ language, choose }), [language, choose]);
  return (
    <ConfigProvider
      csp={{ nonce }}
      theme={theme}
      locale={language === 'zh' ? zhCN : enUS}
      button={{ autoInsertSpace: false }}
      wave={{ disabled: true }}
    >
      <SpeechContext value={speech}>
        <Signed />
      </SpeechContext>
    </ConfigProvider>
  );
}

/** Nobody, somebody, or somebody whose session has ended: then the page stays with what was typed, and signing in stands above it. */
function Signed(): ReactNode {
  const [session, setSession] = useState<Schemas['Session']>();
  const [state, setState] = useState<'asking' | 'nobody' | 'signed' | 'ended'>('asking');
  const [error, setError] = useState<unknown>();
  const [turn, setTurn] = useState(0);
  const ask = useCallback(() => {
    get('/v1/sessions/current').then(
      (answer) => {
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
  // without a sign-in in this browser there is nothing to ask, and nothing to be refused
  useEffect(() => {
    if (window.localStorage.getItem(signedMark) === null) setState('nobody');
    else ask();
  }, [ask]);
  const done = useCallback(() => {
    window.localStorage.setItem(signedMark, 'yes');
    ask();
  }, [ask]);
  const ended = useCallback(() => setState('ended'), []);
  const signed = useMemo(() => session && { session, ended, turn }, [session, ended, turn]);
  if (state === 'asking') return null;
  if (error !== undefined) return <Refusal error={error} />;
  if (signed === undefined || state === 'nobody') return <SignIn done={done} />;
  return (
    <SessionContext value={signed}>
      {state === 'ended' ? <SignIn done={done} again /> : null}
      <Shell />
    </SessionContext>
  );
}
