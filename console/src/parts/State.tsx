import type { ReactNode } from 'react';
import { useWords } from '../words/words.ts';
import { zh, type Words } from '../words/zh.ts';

const good = ['active', 'published', 'valid', 'allow', 'released', 'acknowledged', 'answered', 'given'];
const bad = [
  'rejected',
  'failed',
  'revoked',
  'expired',
  'deny',
  'suspended',
  'overdue',
  'escalated',
  'refused',
];

export const isWord = (text: string): text is keyof Words => Object.hasOwn(zh, text);

/** A state in words; the colour only repeats them. */
export function State({ state }: { readonly state: string }): ReactNode {
  const { say } = useWords();
  const word = `st_${state}`;
  const text = isWord(word) ? say(word) : isWord(state) ? say(state) : state;
  return (
    <span className={good.includes(state) ? 'state good' : bad.includes(state) ? 'state bad' : 'state'}>
      {text}
    </span>
  );
}
