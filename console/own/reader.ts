/** Who reads the page, for the words of its parts. */
import { createContext, useContext } from 'react';
import { textsFor, type Language, type Reader, type Texts } from './texts.ts';

export const ReaderContext = createContext<Reader>('self');

export const useTexts = (language: Language): Texts => textsFor(language, useContext(ReaderContext));
