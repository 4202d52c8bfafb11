/** What happened in the story, counted as it happens: the evidence box tells nothing that was not counted here. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { KeptExchange } from '../../sdk/keptExchange.ts';

export interface Refused {
  readonly code: string;
  /** id of its entry; undefined where no receipt came with it */
  readonly exchange: string | undefined;
  /** what its entry says, as the receipt brought it */
  readonly leaf: string | undefined;
}

/** Of one batch; records = rows + bad + skipped. */
export interface Counts {
  readonly records: number;
  readonly rows: number;
  readonly bad: number;
  readonly skipped: number;
}

export interface Tally {
  readonly refusals: Refused[];
  readonly kept: KeptExchange[];
  /** files of old systems, each in a format of its own */
  readonly intakes: Counts[];
  /** 替代材料 of the agreements: what a parent no longer brings */
  readonly materials: Bilingual[];
  fieldsReleased: number;
  fieldsOfRecord: number;
}

export const newTally = (): Tally => ({
  refusals: [],
  kept: [],
  intakes: [],
  materials: [],
  fieldsReleased: 0,
  fieldsOfRecord: 0,
});
