/** What the listener tells: counts only, nothing of a caller. */
export interface ListenerEvents {
  /** a reply was written */
  answered?(operation: string, status: number, milliseconds: number): void;
  /** refused before it reached an operation: parser, TLS, address, size */
  refused?(reason: string): void;
  /** not a Problem: the hub's own fault */
  failed?(error: unknown): void;
}
