/** A connection that carries texts both ways, after its opening was answered: the listener makes it of a WebSocket. */
export interface FrameChannel {
  readonly send: (text: string) => void;
  /** @param closed told once, with the code of RFC 6455 §7.4 that it ended with; 1006 where it just broke */
  readonly listen: (received: (text: string) => void, closed: (code: number) => void) => void;
  /** @param code of RFC 6455 §7.4 */
  readonly close: (code: number) => void;
}
