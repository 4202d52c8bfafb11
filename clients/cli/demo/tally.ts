/** What happened in the story, counted as it happens: the evidence box tells nothing that was not counted here. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { KeptExchange } from '../../sdk/keptExchange.ts';

export interface Refused {
  readonly code: string;
  /** id of its entry; undefined where no receipt came with it */
  readonly exchange: string | undefined;
}

export interface Tally {
  readonly refusals: Refused[];
  readonly kept: KeptExchange[];
  /** 替代材料 of the agreement: what a parent no longer brings */
  materials: readonly Bilingual[];
  fieldsReleased: number;
  fieldsOfRecord: number;
}

export const newTally = (): Tally => ({
  refusals: [],
  kept: [],
  materials: [],
  fieldsReleased: 0,
  fieldsOfRecord: 0,
});
