import type { Schemas } from '../api/call.ts';

export type Acted = Schemas['RequestActed'];

/** Properties of the form of an act. */
export interface ActForm {
  readonly view: Schemas['RequestView'];
  readonly sending: boolean;
  readonly send: (body: Acted) => void;
}
