import type { IncomingMessage } from './eventBrokers.ts';

const maxEventsAtOnce = 100;
const maxBytesAtOnce = 2 ** 19;

/**
 * Messages that wait for the hub. The broker limits those that it wants acknowledged; the others (MQTT QoS 0) have no flow control and are
 * dropped above `maxUncontrolled`.
 */
export class Inbox {
  private readonly messages: IncomingMessage[] = [];
  private readonly maxUncontrolled: number;
  private go: (() => void) | undefined;

  constructor(maxUncontrolled: number) {
    this.maxUncontrolled = maxUncontrolled;
  }

  /** @returns whether the message was taken */
  add(message: IncomingMessage): boolean {
    if (message.acknowledge === undefined && this.messages.length >= this.maxUncontrolled) return false;
    this.messages.push(message);
    this.go?.();
    return true;
  }

  wake(): void {
    this.go?.();
  }

  /** The next messages, at least one unless it was woken. */
  async next(): Promise<readonly IncomingMessage[]> {
    if (this.messages.length === 0) await new Promise<void>((go) => (this.go = go));
    let bytes = 0;
    const count = this.messages.findIndex(
      ({ payload }, i) => (bytes += payload.length) > maxBytesAtOnce && i > 0,
    );
    return this.messages.splice(0, Math.min(maxEventsAtOnce, count === -1 ? maxEventsAtOnce : count));
  }
}
