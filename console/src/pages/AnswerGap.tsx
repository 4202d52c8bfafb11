import { Alert } from 'antd';
import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';

/** A period in which nothing would be answered: shown before a person signs or approves. */
export function AnswerGap({ gap }: { readonly gap: Schemas['AnswerGap'] | undefined }): ReactNode {
  const { say, when } = useWords();
  if (gap === undefined) return null;
  const { version, until, stopped } = gap;
  const texts =
    stopped === undefined
      ? (['agGap', 'agGapOver'] as const)
      : (['agGapStopped', 'agGapStoppedOver'] as const);
  return (
    <Alert
      role="alert"
      type="warning"
      showIcon
      title={
        until === undefined ? say(texts[1], { version }) : say(texts[0], { version, until: when(until) })
      }
      description={until === undefined || stopped !== undefined ? undefined : say('agGapNext')}
    />
  );
}
