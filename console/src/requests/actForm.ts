import type { Schemas } from '../api/call.ts';

export type Acted = Schemas['RequestActed'];

/** What the form of an act is given. */
export interface ActForm {
  readonly view: Schemas['RequestView'];
  readonly sending: boolean;
  readonly send: (body: Acted) => void;
}
