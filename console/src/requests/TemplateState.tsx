import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';

/** Whether requests may begin from a template, and if not, why. */
export function TemplateState({ of }: { readonly of: Schemas['RequestTemplateView'] }): ReactNode {
  const { say } = useWords();
  if (of.withdrawn !== undefined) return <span className="state">{say('rt_withdrawn')}</span>;
  if (of.gone.length === 0) return <span className="state">{say('rt_current')}</span>;
  return <span className="state bad">{say('rtGone', { gone: of.gone.join(' ') })}</span>;
}
