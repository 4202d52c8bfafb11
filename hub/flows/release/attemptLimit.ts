/**
 * How many refused calls of one department about one person on one day are found by a search for the person: whoever is refused a
 * thousand times over does not fill what the person is shown. Owner of the counts, in memory; each call has its entry whatever they say.
 */
export interface AttemptLimit {
  /** Whether this one still counts. @param token of the person, in the log */
  takes(department: string, token: Uint8Array, now: number): boolean;
}

export const mostAttemptsADay = 20;
const day = 86_400_000;

/** @param most persons kept; the one that was asked about longest ago is forgotten first */
export function attemptLimit(most = 50_000): AttemptLimit {
  const counts = new Map<string, number>();
  return {
    takes(department, token, now) {
      const name = `${department} ${Math.floor(now / day)} ${Buffer.from(token).toString('base64')}`;
      const count = counts.get(name) ?? 0;
      if (count >= mostAttemptsADay) return false;
      counts.delete(name);
      const oldest = counts.size >= most ? counts.keys().next().value : undefined;
      if (oldest !== undefined) counts.delete(oldest);
      counts.set(name, count + 1);
      return true;
    },
  };
}
