import type { LifeCycle } from '../lifeCycle.ts';

export type RequestState = 'reviewing' | 'returned' | 'offered' | 'approved' | 'refused' | 'withdrawn';
export type RequestAct =
  | 'pass'
  | 'approve'
  | 'return'
  | 'supplement'
  | 'refuse'
  | 'offer'
  | 'accept'
  | 'withdraw'
  | 'hand-on'
  | 'ask-extension'
  | 'agree-extension';

/**
 * The life of a request (共享申请) until its agreement is written. `pass` ends a stage that is not the last, `approve` the last one. An
 * approved request is `granted` once both departments have signed the agreement and a second person has approved it; `granted` is the
 * agreement's state, not a further one here.
 */
export const requestLife: LifeCycle<RequestState, RequestAct> = {
  reviewing: {
    pass: 'reviewing',
    approve: 'approved',
    return: 'returned',
    refuse: 'refused',
    offer: 'offered',
    withdraw: 'withdrawn',
    'hand-on': 'reviewing',
    'ask-extension': 'reviewing',
    'agree-extension': 'reviewing',
  },
  returned: { supplement: 'reviewing', withdraw: 'withdrawn' },
  offered: { accept: 'approved', withdraw: 'withdrawn' },
  approved: {},
  refused: {},
  withdrawn: {},
};

/* The events of a request, in order. Its state is computed only from them. */

/** One thing that is missing or unclear (一次性告知清单). */
interface MissingItem {
  /** field, paper or part of the request */
  readonly item: string;
  readonly note: string;
}

/** What goes with the document. Digests are hex SHA-256. */
export interface RequestPapers {
  readonly reason: string;
  /** of the text that the basis cites, as the asking department has it: the wording of the law or contract at that time */
  readonly commitment: string;
  /** of the text that the basis cites, as the asking department has it: the wording of the law or contract at that time */
  readonly basisText?: string;
  /** how much, how often, in the asking department's words */
  readonly volume?: string;
}

/** What one act contains in addition to its person and time. */
export interface RequestActContent {
  /** canonical text of the agreement that is asked for, supplemented or offered */
  readonly document?: string;
  readonly papers?: RequestPapers;
  /** of a return, refusal, offer, extension, withdrawal, handing on */
  readonly reason?: string;
  readonly missing?: readonly MissingItem[];
  /** of a refusal: what would be granted */
  readonly wouldGrant?: string;
  /** of a hand-over: id of the person to whom the stage goes */
  readonly to?: string;
  /** ids of the persons whose deputy the acting person was, and with whose role they acted */
  readonly insteadOf?: readonly string[];
}

export interface RequestEvent extends RequestActContent {
  readonly seq: number;
  /** `make` is the first */
  readonly act: RequestAct | 'make';
  /** id of the person */
  readonly person: string;
  /** Unix milliseconds */
  readonly at: number;
}

/* Working days for inbox items to which no other rule gives a deadline. */

/** Sections whose clock a city sets, in working days. */
export type WaitingClock = keyof typeof usualWaitingDays;

/**
 * Used where a city has registered nothing. An agreement has the days of the provider's answer, a change of the catalogue those of the
 * catalogue; the city's procedure already sets both.
 */
export const usualWaitingDays = {
  /** the asking department supplements what was returned, or accepts what was offered */
  requests: 10,
  /** another person approves or signs; `clock.answerDays` where the city sets nothing */
  documents: 10,
  proposals: 5,
  schemas: 10,
  changeovers: 10,
  persons: 5,
  keys: 5,
  /** another person's approval of a batch */
  batches: 2,
  evidence: 5,
  /** a failing pull is repaired */
  pulls: 2,
  /** each step of a dispute */
  disputes: 10,
  /** what is suspended is resumed, or ended */
  stops: 20,
} as const;
