import { Alert } from 'antd';
import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';

/** A time in which nothing would be answered: said before anybody signs or approves. */
export function AnswerGap({ gap }: { readonly gap: Schemas['AnswerGap'] | undefined }): ReactNode {
  const { say, when } = useWords();
  if (gap === undefined) return null;
  const { version, until } = gap;
  return (
    <Alert
      role="alert"
      type="warning"
      showIcon
      title={
        until === undefined ? say('agGapOver', { version }) : say('agGap', { version, until: when(until) })
      }
      description={until === undefined ? undefined : say('agGapNext')}
    />
  );
}
