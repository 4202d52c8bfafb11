import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useWords } from '../words/words.ts';

/** Whether a document is edited as a form or as JSON. @param props.hasForm false: its text cannot be shown as a form */
export function FormOrJson(props: {
  readonly isJson: boolean;
  readonly hasForm: boolean;
  readonly set: (isJson: boolean) => void;
}): ReactNode {
  const { isJson, hasForm, set } = props;
  const { say } = useWords();
  return (
    <div className="row-form" role="group" aria-label={say('planView')}>
      <Button aria-pressed={!isJson} disabled={!hasForm} onClick={() => set(false)}>
        {say('planForm')}
      </Button>
      <Button aria-pressed={isJson} onClick={() => set(true)}>
        {say('planJson')}
      </Button>
    </div>
  );
}
