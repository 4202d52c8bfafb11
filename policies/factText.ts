import { canonicalText } from '../schemas/canonicalText.ts';
import type { Fact } from './documents/agreement.ts';

/** A fact as people compare it: what is asked, of which fields, how often. Its title changes nothing. */
export const factText = ({ id, all, limits }: Pick<Fact, 'id' | 'all' | 'limits'>): string =>
  `${id} ${canonicalText({ all, limits })}`;
