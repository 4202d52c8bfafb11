import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useWords } from '../words/words.ts';

/** Prints the page as its print style shows it. */
export function PrintButton(): ReactNode {
  const { say } = useWords();
  return <Button onClick={() => window.print()}>{say('print')}</Button>;
}
