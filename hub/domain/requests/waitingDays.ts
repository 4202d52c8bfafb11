/** Working days of what waits in an inbox and has no clock of its own. */

/** Sections whose clock a city sets, in working days. */
export type WaitingClock = keyof typeof usualWaitingDays;

/**
 * Where a city has registered nothing. An agreement has the days of the provider's answer, a change of the catalogue those of the catalogue; of
 * these the city's procedure speaks already.
 */
export const usualWaitingDays = {
  /** the asking department supplements what was returned, or accepts what was offered */
  requests: 10,
  /** another person approves or signs; `clock.answerDays` where the city says nothing */
  documents: 10,
  proposals: 5,
  schemas: 10,
  changeovers: 10,
  persons: 5,
  keys: 5,
  /** somebody else's word on a batch */
  batches: 2,
  evidence: 5,
  /** a pull that fails is mended */
  pulls: 2,
  /** each step of a dispute */
  disputes: 10,
  /** what is stopped goes on, or is ended */
  stops: 20,
} as const;
