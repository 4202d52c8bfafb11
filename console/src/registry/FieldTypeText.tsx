import type { ReactNode } from 'react';
import { useWords } from '../words/words.ts';
import { fieldType } from './fieldType.ts';

/** The type of a field in words. @param of the field as its schema has it, or its JSON type alone */
export function FieldTypeText({ of }: { readonly of: object }): ReactNode {
  const { say } = useWords();
  const { word, isNullable } = fieldType(of as Readonly<Record<string, unknown>>);
  return isNullable ? say('ft_nullable', { type: say(word) }) : say(word);
}
