import { useCallback, useRef, useState, type ReactNode } from 'react';

/** Something that is done in two steps, to give as to withdraw: asked for, then confirmed. Pressed twice it is done once. */
export function Sure(props: {
  readonly label: string;
  /** what it is about, for whoever hears the page */
  readonly about: string;
  readonly question: ReactNode;
  readonly yes: string;
  readonly no: string;
  /** it stands open: what she typed before is in it again */
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
  // once, as it opens: whoever writes above it keeps her place
  const first = useCallback((node: HTMLButtonElement | null) => {
    if (opened.current) node?.focus();
  }, []);
  const press = (clicks: number): void => {
    // the second click of a double click: on the button that asked, which may have stood where this one is, it confirms nothing
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
