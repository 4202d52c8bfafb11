import { useCallback, useRef, useState, type ReactNode } from 'react';

/** An action in two steps, to give as to withdraw: requested, then confirmed. A double press performs it once. */
export function Sure(props: {
  readonly label: string;
  /** what it is about, for screen readers */
  readonly about: string;
  readonly question: ReactNode;
  readonly yes: string;
  readonly no: string;
  /** it is open: the earlier input is restored */
  readonly begun?: boolean;
  /** whether it may be confirmed yet */
  readonly ready?: boolean;
  readonly act: () => Promise<void>;
}): ReactNode {
  const { label, about, question, yes, no, begun = false, ready = true, act } = props;
  const [asked, setAsked] = useState(begun);
  const opened = useRef(false);
  const under = useRef(false);
  const [sending, setSending] = useState(false);
  // focuses once, as it opens, so that a person who types above it is not interrupted
  const first = useCallback((node: HTMLButtonElement | null) => {
    if (opened.current) node?.focus();
  }, []);
  const press = (clicks: number): void => {
    // the second click of a double click does not confirm: the first one may have hit another button at this place
    if (under.current || clicks > 1) return;
    under.current = true;
    setSending(true);
    void act().finally(() => {
      under.current = false;
      setSending(false);
      setAsked(false);
    });
  };
  if (!asked)
    return (
      <button
        type="button"
        aria-label={`${label} ${about}`}
        onClick={() => {
          opened.current = true;
          setAsked(true);
        }}
      >
        {label}
      </button>
    );
  return (
    <div className="sure" role="group" aria-label={`${label} ${about}`}>
      {question}
      <button
        type="button"
        className="first"
        disabled={sending || !ready}
        onClick={({ detail }) => press(detail)}
        ref={first}
      >
        {yes}
      </button>
      <button type="button" onClick={() => setAsked(false)}>
        {no}
      </button>
    </div>
  );
}
