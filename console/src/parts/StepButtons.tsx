import { Button } from 'antd';
import type { ReactNode } from 'react';

/** The steps that the person may take, as buttons of which one is open. Its form is below, and a second button there sends it. */
export function StepButtons<Step extends string>(props: {
  readonly steps: readonly Step[];
  readonly open: Step | undefined;
  readonly set: (step: Step | undefined) => void;
  readonly text: (step: Step) => string;
}): ReactNode {
  const { steps, open, set, text } = props;
  return (
    <div className="row-form">
      {steps.map((one) => (
        <Button key={one} aria-expanded={open === one} onClick={() => set(open === one ? undefined : one)}>
          {text(one)}
        </Button>
      ))}
    </div>
  );
}
