import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatongProblem } from '../clients/sdk/datongProblem.ts';
import type { DatongClient } from '../clients/sdk/datongClient.ts';
import type { DeliveredEvent } from '../clients/sdk/events.ts';
import { defined } from '../terms/defined.ts';
import type { Stage } from './stage.ts';

/** Receives until `stop`, and writes each event with the moment of its arrival. */
export class Receiver {
  private readonly stopping = new AbortController();
  private readonly done: Promise<void>;
  private readonly file: string;
  private readonly onEvent: (event: DeliveredEvent) => void;

  constructor(
    stage: Stage,
    department: string,
    subscription: string,
    onEvent: (event: DeliveredEvent) => void = () => {},
  ) {
    this.onEvent = onEvent;
    this.file = join(stage.out, `received-${department}.ndjson`);
    this.done = this.listen(stage.client(department), subscription);
  }

  private async listen(client: DatongClient, subscription: string): Promise<void> {
    let after: string | undefined;
    while (!this.stopping.signal.aborted) {
      try {
        const request = { wait: 2, ...defined({ after }) };
        const { json } = await client.events.pull(subscription, request);
        const at = Date.now();
        for (const event of json.events) {
          appendFileSync(this.file, `${JSON.stringify({ at, event })}\n`);
          this.onEvent(event);
        }
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
