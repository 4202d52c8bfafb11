import { setTimeout as sleep } from 'node:timers/promises';
import { DatongProblem } from '../clients/sdk/datongProblem.ts';
import type { DatongClient } from '../clients/sdk/datongClient.ts';
import type { DeliveredEvent } from '../clients/sdk/events.ts';
import { defined } from '../terms/defined.ts';
import type { Received } from './received.ts';

/** Receives the events of a subscription until `stop`, and writes each answer or refusal as it was received. */
export class Receiver {
  private readonly stopping = new AbortController();
  private readonly done: Promise<void>;
  private readonly received: Received;
  private readonly onEvent: (event: DeliveredEvent) => void;

  constructor(
    client: DatongClient,
    received: Received,
    subscription: string,
    onEvent: (event: DeliveredEvent) => void = () => {},
  ) {
    this.received = received;
    this.onEvent = onEvent;
    this.done = this.listen(client, subscription);
  }

  private async listen(client: DatongClient, subscription: string): Promise<void> {
    let after: string | undefined;
    while (!this.stopping.signal.aborted) {
      try {
        const request = { wait: 2, ...defined({ after }) };
        const { json } = await this.received.call(() => client.events.pull(subscription, request));
        for (const event of json.events) this.onEvent(event);
        after = json.next;
      } catch (error) {
        if (error instanceof DatongProblem && error.status < 500) throw error;
        await sleep(50);
      }
    }
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.done;
  }
}
