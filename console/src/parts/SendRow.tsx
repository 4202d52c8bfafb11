import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useWords } from '../words/words.ts';

/** The last row of a form: its other buttons, and «Send». */
export function SendRow(props: {
  readonly disabled: boolean;
  readonly danger?: boolean;
  readonly children?: ReactNode;
}): ReactNode {
  const { disabled, danger = false, children } = props;
  const { say } = useWords();
  return (
    <div className="row-form">
      {children}
      <Button type="primary" danger={danger} htmlType="submit" disabled={disabled}>
        {say('rqSend')}
      </Button>
    </div>
  );
}
