/** A connection that carries texts both ways once its opening was answered. The listener creates it from a WebSocket. */
export interface FrameChannel {
  readonly send: (text: string) => void;
  /** @param closed called once with the closing code of RFC 6455 §7.4; 1006 where the connection broke */
  readonly listen: (received: (text: string) => void, closed: (code: number) => void) => void;
  /** @param code of RFC 6455 §7.4 */
  readonly close: (code: number) => void;
}
