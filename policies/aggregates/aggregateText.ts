import { canonicalText } from '../../schemas/canonicalText.ts';
import type { Aggregate } from '../documents/agreement.ts';

/** An aggregate as people compare it: what is counted by what, and from how many on it is shown. Its title changes nothing. */
export const aggregateText = ({ id, by, sum = [], minGroup }: Omit<Aggregate, 'title'>): string =>
  `${id} ${canonicalText({ by, minGroup, sum })}`;
