/** Who reads the page: the person, or a representative. */
import { createContext, useContext } from 'react';
import { textsFor, type Language, type Reader, type Texts } from './texts.ts';

export const ReaderContext = createContext<Reader>('self');

export const useTexts = (language: Language): Texts => textsFor(language, useContext(ReaderContext));

/** True where the person acts for themselves, without a representative. */
export const useIsSelf = (): boolean => useContext(ReaderContext) === 'self';
