import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { useWords } from '../words/words.ts';

/** An act with immediate effect: clicked, and confirmed by a second button next to the first. */
export function TwoSteps(props: {
  readonly label: string;
  readonly sure: string;
  readonly disabled?: boolean;
  readonly danger?: boolean;
  readonly act: () => void;
}): ReactNode {
  const { label, sure, disabled = false, danger = false, act } = props;
  const { say } = useWords();
  const [asked, setAsked] = useState(false);
  if (!asked) {
    return (
      <Button
        type={danger ? 'default' : 'primary'}
        danger={danger}
        disabled={disabled}
        onClick={() => setAsked(true)}
      >
        {label}
      </Button>
    );
  }
  return (
    <>
      <Button
        type="primary"
        danger
        autoFocus
        disabled={disabled}
        onClick={({ detail }) => {
          // this button appeared where the first one was: the second click of a double click confirms nothing
          if (detail > 1) return;
          setAsked(false);
          act();
        }}
      >
        {sure}
      </Button>
      <Button onClick={() => setAsked(false)}>{say('back')}</Button>
    </>
  );
}
