/**
 * Rotation of pseudonym keys. New pseudonyms are issued under the newest epoch alone; for an overlap after the change, those of the epoch
 * before are still accepted where a consumer hands one back. The epoch stands in the value, so nobody has to guess.
 */
export interface PseudonymEpoch {
  readonly epoch: number;
  /** Unix milliseconds from which it is issued */
  readonly from: number;
}

/** The epoch issued at a time; 1 before the first one begins. @param schedule in any order */
export function issuedEpoch(schedule: readonly PseudonymEpoch[], now: number): number {
  return newestFirst(schedule, now)[0]?.epoch ?? 1;
}

/** The epochs accepted at a time, the issued one first. @param overlap milliseconds for which the one before stays valid */
export function acceptedEpochs(
  schedule: readonly PseudonymEpoch[],
  now: number,
  overlap: number,
): readonly number[] {
  const [current, before] = newestFirst(schedule, now);
  if (current === undefined) return [1];
  const inOverlap = now < current.from + overlap;
  return inOverlap ? [current.epoch, before?.epoch ?? 1] : [current.epoch];
}

/** Epoch of a pseudonym by its prefix; undefined when the text is none. */
export function epochOf(pseudonym: string): number | undefined {
  const match = /^p([1-9]\d{0,3})\.[A-Za-z0-9_-]{22}$/.exec(pseudonym);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

function newestFirst(schedule: readonly PseudonymEpoch[], now: number): readonly PseudonymEpoch[] {
  return schedule.filter((one) => one.from <= now).sort((a, b) => b.from - a.from);
}
