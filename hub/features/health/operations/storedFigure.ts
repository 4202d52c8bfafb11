/** A figure that is dear to count: counted by its time, never because somebody reads it. Owner of its timer. */

export interface StoredFigure {
  /**
   * What was counted last, at no cost.
   * @returns NaN until it was counted for the first time
   * @throws what the newest count failed of: an old figure would hide that
   */
  value(): number;
  /** Counts now, unless a count is under way, which is waited for. Never rejects. */
  refresh(): Promise<void>;
  /** Counts now, and then at most so often. @param every milliseconds */
  begin(every: number): void;
  /** Ends the timer and waits for the count under way. */
  close(): Promise<void>;
}

/** @param failed told of each count that failed; must not throw */
export function storedFigure(count: () => Promise<number>, failed: (error: unknown) => void): StoredFigure {
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
