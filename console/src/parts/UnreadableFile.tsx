import { Alert } from 'antd';
import type { ReactNode } from 'react';
import { useWords } from '../words/words.ts';

/** Reports that the browser could not read a chosen file. */
export function UnreadableFile({ shown }: { readonly shown: boolean }): ReactNode {
  const { say } = useWords();
  return shown ? <Alert role="alert" type="error" showIcon title={say('fileUnreadable')} /> : null;
}
