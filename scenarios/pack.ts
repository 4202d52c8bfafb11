import type { Bilingual } from '../terms/bilingual.ts';
import type { Stage } from './stage.ts';

/** What a scenario's play is given. */
export interface Playing {
  readonly stage: Stage;
  /** folder of the scenario, with its documents */
  readonly folder: string;
  /** size of the city */
  readonly people: number;
  /** how long machines send, where a scenario has machines that send all the time */
  readonly seconds: number;
  readonly seed: number;
  /** Does one step, and prints its time. */
  readonly step: <T>(title: string, work: () => Promise<T>) => Promise<T>;
}

export type Play = (playing: Playing) => Promise<void>;

/** One line of a report; `check.py` of the scenario prints them as JSON. */
export interface Figure {
  readonly figure: Bilingual;
  readonly required: string;
  readonly measured: string;
  /** null: nothing is required, the value is only reported */
  readonly held: boolean | null;
}

/** A chart of a report; `check.py` of the scenario may write a list of them as `charts.json`. */
export interface Chart {
  readonly title: string;
  readonly bars: readonly (readonly [label: string, value: number])[];
}
