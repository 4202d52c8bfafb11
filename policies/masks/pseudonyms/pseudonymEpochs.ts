/** Rotation of pseudonym keys: pseudonyms are issued under the newest epoch alone. The epoch stands in the value, so nobody has to guess. */
export interface PseudonymEpoch {
  readonly epoch: number;
  /** Unix milliseconds from which it is issued */
  readonly from: number;
}

/** The epoch issued at a time; 1 before the first one begins. @param schedule in any order */
export function issuedEpoch(schedule: readonly PseudonymEpoch[], now: number): number {
  return newestFirst(schedule, now)[0]?.epoch ?? 1;
}

function newestFirst(schedule: readonly PseudonymEpoch[], now: number): readonly PseudonymEpoch[] {
  return schedule.filter((one) => one.from <= now).sort((a, b) => b.from - a.from);
}
