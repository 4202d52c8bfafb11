/** A gauge that is expensive to count: counted on a timer, not when it is read. Owns its timer. */

export interface StoredFigure {
  /**
   * Returns the last count without cost.
   * @returns NaN before the first count
   * @throws the error of the newest count, because an old value would hide it
   */
  value(): number;
  /** Counts now, or waits for the count in progress. Never rejects. */
  refresh(): Promise<void>;
  /** Counts now, and then once in each interval. @param every milliseconds */
  begin(every: number): void;
  /** Stops the timer and waits for the count in progress. */
  close(): Promise<void>;
}

/** @param failed called with each failed count; must not throw */
export function timedCount(count: () => Promise<number>, failed: (error: unknown) => void): StoredFigure {
  let last: { readonly figure: number } | { readonly error: unknown } = { figure: NaN };
  let underWay: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const once = async (): Promise<void> => {
    try {
      last = { figure: await count() };
    } catch (error) {
      last = { error };
      failed(error);
    }
  };
  const refresh = (): Promise<void> => {
    if (closed) return underWay ?? Promise.resolve();
    underWay ??= once().finally(() => (underWay = undefined));
    return underWay;
  };
  return {
    value: () => {
      if ('error' in last) throw last.error;
      return last.figure;
    },
    refresh,
    begin: (every) => {
      void refresh();
      timer ??= setInterval(() => void refresh(), every).unref();
    },
    close: async () => {
      closed = true;
      clearInterval(timer);
      await underWay;
    },
  };
}
