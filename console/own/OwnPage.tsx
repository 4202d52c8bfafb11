import { useCallback, useEffect, useRef, useState, type MouseEvent, type ReactNode } from 'react';
import { ask, NotDone, type Schemas } from './ask.ts';
import { claimsOf, forgetClaims } from './claims.ts';
import { Cases } from './Cases.tsx';
import { Consents } from './Consents.tsx';
import { isAbout } from './isAbout.ts';
import { Looks } from './Looks.tsx';
import { Objections } from './Objections.tsx';
import { Offers } from './Offers.tsx';
import { ReaderContext } from './reader.ts';
import { filled, textsFor, type Language, type Reader, type Texts } from './texts.ts';
import { named, namesIn } from './written.ts';

type View = Schemas['SubjectView'];

/** What was read of the cases about the person. */
interface CasePage {
  readonly cases: readonly Schemas['OwnCase'][];
  readonly nextCursor?: string;
}
const hasCases = ({ cases, nextCursor }: CasePage): boolean => cases.length > 0 || nextCursor !== undefined;

/** The parts of the page that its links lead to, in order. */
const parts = ['consents', 'cases', 'looks', 'objections'] as const;

/** Moves the reader to a part of the page. The address stays as it is: its hash is for the code alone. */
function toPart(event: MouseEvent<HTMLAnchorElement>): void {
  event.preventDefault();
  const heading = document.getElementById(event.currentTarget.hash.slice(1));
  heading?.setAttribute('tabindex', '-1');
  heading?.scrollIntoView();
  heading?.focus();
}

/** The code from the hash of the address. It is read once and removed from the address immediately. */
function codeInAddress(): string | undefined {
  const code = window.location.hash.slice(1);
  if (code !== '') window.history.replaceState(null, '', window.location.pathname);
  return code === '' || parts.some((part) => part === code) ? undefined : code;
}
const code = codeInAddress();
const isDemo = window.location.protocol === 'http:';
/** where this browser stores whether letters are large; it says nothing about the person */
const typeSize = 'datong-own-type';
const firstLanguage = (): Language => (navigator.language.startsWith('zh') ? 'zh' : 'en');

type State = 'opening' | 'open' | 'away' | 'over' | 'left';
/** What is shown while not everything of the person is there. */
const wordsWithoutView = {
  opening: 'begin',
  open: 'begin',
  away: 'away',
  over: 'again',
  left: 'left',
} as const satisfies Readonly<Record<State, keyof Texts>>;

/** Who reads the page: the person, or another one on their behalf. */
const readerOf = (
  objections: Schemas['OwnTicketList'] | undefined,
  session: Schemas['OwnSession'] | undefined,
): Reader => objections?.presentedBy ?? session?.presentedBy ?? 'self';

/** Whether a consent of the person is about exactly this: one that was withdrawn is given again in its own place. */
const hasConsent = (
  { recipient, dataset, purpose }: Schemas['ConsentOffer'],
  { consents }: Pick<View, 'consents'>,
): boolean =>
  consents.some(
    (one) => one.state !== 'replaced' && isAbout(one, { recipient: recipient.code, dataset, purpose }),
  );

/** Each page reports its own destroyed periods. */
function goneOf(...pages: readonly View[]): Pick<View, 'missing'> {
  const missing = pages.reduce((sum, page) => sum + (page.missing ?? 0), 0);
  return missing === 0 ? {} : { missing };
}

/** A person's own page: who accessed their data, when, why, which data and on what basis; their consents, given and withdrawn; consents first. */
export function OwnPage(): ReactNode {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  const [state, setState] = useState<State>('opening');
  const [session, setSession] = useState<Schemas['OwnSession']>();
  const [view, setView] = useState<View>();
  // the page waits for them and for the cases: they come before the accesses, which would move down
  const [offers, setOffers] = useState<readonly Schemas['ConsentOffer'][]>();
  const [objections, setObjections] = useState<Schemas['OwnTicketList']>();
  const [cases, setCases] = useState<CasePage>();
  const [told, setTold] = useState('');
  const [error, setError] = useState<NotDone>();
  const begun = useRef(false);
  // the person has left: pending calls show nothing any more
  const gone = useRef(false);
  const reader = readerOf(objections, session);
  const text = textsFor(language, reader);
  const [isLarge, setLarge] = useState(() => window.localStorage.getItem(typeSize) === 'large');

  const failed = useCallback((why: unknown) => {
    if (!(why instanceof NotDone)) throw why;
    if (gone.current) return;
    const ended = why.problem?.status === 401;
    setState((before) => (ended ? (before === 'opening' && code === undefined ? 'away' : 'over') : before));
    setError(ended ? undefined : why);
  }, []);
  const read = useCallback(async () => {
    const { view: whole } = await ask<Schemas['SignedSubjectView']>('/v1/own/view', { limit: 50 });
    const said = await ask<Schemas['OwnTicketList']>('/v1/own/tickets');
    if (gone.current) return;
    claimsOf(said.visitor);
    setView(whole);
    setObjections(said);
    setState('open');
  }, []);
  const older = (): void => {
    const next = view?.next;
    if (view === undefined || next === undefined) return;
    ask<Schemas['SignedSubjectView']>('/v1/own/view', { before: next, limit: 50 }).then(
      ({ view: more }) => setView({ ...more, looks: [...view.looks, ...more.looks], ...goneOf(view, more) }),
      failed,
    );
  };
  useEffect(() => {
    // a code works once: it is not sent again when a development build renders twice
    if (begun.current) return;
    begun.current = true;
    const open = async (): Promise<void> => {
      if (code !== undefined) setSession(await ask<Schemas['OwnSession']>('/v1/own/session', { code }));
      await read();
    };
    open().catch(failed);
  }, [read, failed]);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    document.title = `${text.title} · Datong`;
  }, [language, text.title]);
  useEffect(() => {
    document.documentElement.dataset['type'] = isLarge ? 'large' : 'usual';
    window.localStorage.setItem(typeSize, isLarge ? 'large' : 'usual');
  }, [isLarge]);
  useEffect(() => {
    if (state !== 'open') return;
    ask<{ offers: Schemas['ConsentOffer'][] }>(`/v1/own/offers?language=${language}`).then(
      (answer) => setOffers(answer.offers),
      (why: unknown) => {
        setOffers((before) => before ?? []);
        failed(why);
      },
    );
  }, [language, state, failed]);
  useEffect(() => {
    if (state !== 'open') return;
    ask<CasePage>('/v1/own/cases').then(
      (answer) => {
        if (!gone.current) setCases(answer);
      },
      (why: unknown) => {
        setCases((before) => before ?? { cases: [] });
        failed(why);
      },
    );
  }, [state, failed]);
  const moreCases = ({ cases: shown, nextCursor }: CasePage): (() => void) | undefined =>
    nextCursor === undefined
      ? undefined
      : () => {
          ask<CasePage>(`/v1/own/cases?cursor=${nextCursor}`).then((page) => {
            if (!gone.current) setCases({ ...page, cases: [...shown, ...page.cases] });
          }, failed);
        };
  const moreObjections = ({ tickets, nextCursor }: Schemas['OwnTicketList']): (() => void) | undefined =>
    nextCursor === undefined
      ? undefined
      : () => {
          ask<Schemas['OwnTicketList']>(`/v1/own/tickets?cursor=${nextCursor}`).then((page) => {
            if (!gone.current) setObjections({ ...page, tickets: [...tickets, ...page.tickets] });
          }, failed);
        };
  const leave = (): void => {
    ask('/v1/own/session/end', {}).then(() => undefined, failed);
    gone.current = true;
    forgetClaims();
    setView(undefined);
    setObjections(undefined);
    setCases(undefined);
    setState('left');
  };
  /** The hub has done it: announces the sentence and loads the page again. */
  const done = (sentence: string): void => {
    setTold(sentence);
    setError(undefined);
    read().catch(failed);
  };
  return (
    <>
      <header>
        <span>{text.product}</span>
        <span className="tools">
          <LanguageButton text={text} language={language} choose={setLanguage} />
          <button type="button" aria-pressed={isLarge} onClick={() => setLarge(!isLarge)}>
            {text.large}
          </button>
          {/* reserves its space: otherwise the head would grow by a line on a phone */}
          <button type="button" className={state === 'open' ? undefined : 'kept'} onClick={leave}>
            {text.leave}
          </button>
        </span>
      </header>
      {isDemo ? (
        <p role="note" className="demo">
          <strong>{text.demo}</strong>
        </p>
      ) : null}
      <main>
        <h1>{text.title}</h1>
        <p role="status" className={told === '' ? '' : 'told'}>
          {told}
        </p>
        {error === undefined ? null : <Failed text={text} problem={error.problem} language={language} />}
        {state === 'open' && view !== undefined && offers !== undefined && cases !== undefined ? (
          // another person's session in this browser: their page shows nothing that was typed here before
          <ReaderContext value={reader} key={objections?.visitor}>
            <p>{text.lead}</p>
            {session === undefined ? null : (
              <p className="small">{filled(text.by, { name: named(session.department, language) })}</p>
            )}
            <nav aria-label={text.parts}>
              {parts
                .filter((part) => part !== 'cases' || hasCases(cases))
                .map((part) => (
                  <a key={part} href={`#${part}`} onClick={toPart}>
                    {text[part]}
                  </a>
                ))}
            </nav>
            <Consents
              view={view}
              language={language}
              offers={offers}
              nameOf={namesIn(view, offers, language)}
              done={done}
              failed={failed}
            />
            <Offers
              offers={offers.filter((one) => !hasConsent(one, view))}
              language={language}
              done={done}
              failed={failed}
            />
            {hasCases(cases) ? <Cases of={cases.cases} language={language} more={moreCases(cases)} /> : null}
            <Looks
              view={view}
              language={language}
              older={view.next === undefined ? undefined : older}
              done={done}
              failed={failed}
            />
            {objections === undefined ? null : (
              <Objections
                of={objections}
                language={language}
                more={moreObjections(objections)}
                done={done}
                failed={failed}
              />
            )}
            <p className="small">{text.doubt}</p>
          </ReaderContext>
        ) : (
          <p>{text[wordsWithoutView[state]]}</p>
        )}
      </main>
    </>
  );
}

function LanguageButton(props: {
  readonly text: Texts;
  readonly language: Language;
  readonly choose: (language: Language) => void;
}): ReactNode {
  const { text, language, choose } = props;
  return (
    <button
      type="button"
      lang={language === 'zh' ? 'en' : 'zh-CN'}
      onClick={() => choose(language === 'zh' ? 'en' : 'zh')}
    >
      {text.other}
    </button>
  );
}

/** What the hub answered, or that it cannot be reached. */
function Failed(props: {
  readonly text: Texts;
  readonly problem: NotDone['problem'];
  readonly language: Language;
}): ReactNode {
  const { text, problem, language } = props;
  return (
    <p role="alert" className="failed">
      <strong>{text.failed}</strong>
      {problem === undefined ? (
        <> {text.unreachable}</>
      ) : (
        <>
          {' '}
          {problem.detail[language]} {problem.next[language]} <code>{problem.code}</code>
        </>
      )}
    </p>
  );
}
