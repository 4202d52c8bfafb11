/** Told of failures that are the hub's own; must not throw. */
export type ReportFailure = (failure: {
  /** empty where it belongs to no exchange */
  readonly exchange: string;
  readonly operation: string;
  readonly error: unknown;
}) => void;
