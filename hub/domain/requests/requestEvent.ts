/** What happened to a request, in order: nothing else says how it stands. */
import type { RequestAct } from './requestLife.ts';

/** One thing that is missing or unclear (一次性告知清单). */
export interface MissingItem {
  /** field, paper or part of the request */
  readonly item: string;
  readonly note: string;
}

/** What goes with the document. Digests are hex SHA-256. */
export interface RequestPapers {
  readonly reason: string;
  /** of the signed undertaking (承诺书) */
  readonly commitment: string;
  /** of the text that the basis cites, as the asking department has it: what the law or contract said then */
  readonly basisText?: string;
  /** how much, how often, in the asking department's words */
  readonly volume?: string;
}

/** What one act says beside who and when. */
export interface RequestSaid {
  /** canonical text of the agreement that is asked for, supplemented or offered */
  readonly document?: string;
  readonly papers?: RequestPapers;
  /** of a return, refusal, offer, extension, withdrawal, handing on */
  readonly reason?: string;
  readonly missing?: readonly MissingItem[];
  /** of a refusal: what would be granted */
  readonly wouldGrant?: string;
  /** of a handing on: id of the person to whom the stage goes */
  readonly to?: string;
  /** ids of the persons whose deputy she was, and with whose role she acted */
  readonly insteadOf?: readonly string[];
}

export interface RequestEvent extends RequestSaid {
  readonly seq: number;
  /** `make` is the first */
  readonly act: RequestAct | 'make';
  /** id of the person */
  readonly person: string;
  /** Unix milliseconds */
  readonly at: number;
}
