import { Button } from 'antd';
import { useCallback, useEffect, useState, type ReactNode } from 'react';
import { useWords } from '../words/words.ts';
import { Refusal } from './Refusal.tsx';
import { UndoContext, type Undoable } from './undo.ts';
import { useAct } from './useAct.ts';

/** Time for which an act can be reversed here, and for which its reversal is reported. */
const offeredMs = 10_000;
const reportedMs = 4_000;

/** The pages, and at the bottom of the window the last act that can be reversed. It stays while the pointer or the focus is on it. */
export function UndoBar({ children }: { readonly children: ReactNode }): ReactNode {
  const [offer, setOffer] = useState<{ readonly act: Undoable; readonly nth: number }>();
  const offerUndo = useCallback(
    (act: Undoable): void => setOffer((before) => ({ act, nth: (before?.nth ?? 0) + 1 })),
    [],
  );
  // the same function in each render, since the time of the offer would begin again with another one
  const end = useCallback((): void => setOffer(undefined), []);
  return (
    <UndoContext value={offerUndo}>
      {children}
      <div className="undo no-print" role="status">
        {offer === undefined ? null : <Offer key={offer.nth} act={offer.act} end={end} />}
      </div>
    </UndoContext>
  );
}

function Offer({ act: of, end }: { readonly act: Undoable; readonly end: () => void }): ReactNode {
  const { say } = useWords();
  const { act, sending, error } = useAct();
  const [isHeld, setHeld] = useState(false);
  const [isUndone, setUndone] = useState(false);
  const stays = isHeld || sending || error !== undefined;
  useEffect(() => {
    if (stays) return undefined;
    const timer = setTimeout(end, isUndone ? reportedMs : offeredMs);
    return () => clearTimeout(timer);
  }, [stays, isUndone, end]);
  const undo = (): void =>
    act(of.undo, () => {
      setHeld(false);
      setUndone(true);
      of.undone?.();
    });
  return (
    <div
      className="undo-offer"
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span>{isUndone ? say('undoDone') : of.text}</span>
      {isUndone ? null : (
        <Button size="small" type="primary" disabled={sending} onClick={undo}>
          {say('undo')}
        </Button>
      )}
      {error === undefined ? null : (
        <>
          <Refusal error={error} cli={of.cli ?? ''} />
          <Button size="small" onClick={end}>
            {say('undoClose')}
          </Button>
        </>
      )}
    </div>
  );
}
