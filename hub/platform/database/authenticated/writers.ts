/**
 * Version vectors: which version of a sum each process wrote last. A version alone does not show whether a sum descends from another one: two
 * processes that go on from different states write the same numbers. Pure: no database, no state.
 */

export interface Writers {
  /** every version up to it is included, also of processes without an entry */
  readonly floor: number;
  /** newest version, by id of the process that wrote it, or `olderRelease` */
  readonly of: Readonly<Record<string, number>>;
}

/** maximum of processes in a stored vector */
export const maxWriters = 64;

export const noWriters: Writers = { floor: 0, of: {} };

/** All processes of releases without vectors. */
export const olderRelease = '';

/** The vector of a sum that has none. */
export const byOlderRelease = (version: number): Writers => ({ floor: 0, of: { [olderRelease]: version } });

/** The vector of a sum that counts for every process, also for one that knows a later sum: two persons accepted it, or it begins anew. */
export const forAll = (process: string, version: number): Writers => ({
  floor: version,
  of: { [process]: version },
});

/** Whether a sum of the first vector descends from one of the second, or is the same. */
export const includes = (one: Writers, other: Writers): boolean =>
  one.floor >= other.floor &&
  Object.entries(other.of).every(([id, version]) => version <= Math.max(one.floor, one.of[id] ?? 0));

/** The greatest version of all processes. */
export const newestOf = (writers: Writers | undefined): number =>
  writers === undefined ? 0 : Math.max(writers.floor, ...Object.values(writers.of));

/** Leaves out the versions up to one that a process of an earlier release wrote; it included them. */
export const withoutReplaced = ({ floor, of }: Writers, version: number): Writers => ({
  floor,
  of: Object.fromEntries(Object.entries(of).filter(([id, one]) => one > version || id === olderRelease)),
});

/** The greatest version of each process. */
export function united(...all: readonly (Writers | undefined)[]): Writers {
  return all.reduce<Writers>((one, other) => {
    if (other === undefined) return one;
    const floor = Math.max(one.floor, other.floor);
    const of: Record<string, number> = {};
    for (const [id, version] of [...Object.entries(one.of), ...Object.entries(other.of)])
      if (version > floor) of[id] = Math.max(version, of[id] ?? 0);
    return { floor, of };
  }, noWriters);
}

/** Adds a version that is greater than all others. Of more than `maxWriters` processes the ones with the smallest versions are left out. */
export function withWriter(before: Writers, process: string, version: number): Writers {
  const others = Object.entries(before.of)
    .filter(([id, one]) => id !== process && one > before.floor)
    .sort(([, one], [, other]) => other - one);
  const [, evicted = 0] = others[maxWriters - 1] ?? [];
  return {
    floor: Math.max(before.floor, evicted),
    of: Object.fromEntries([...others.slice(0, maxWriters - 1), [process, version]]),
  };
}
