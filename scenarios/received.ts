/** Every byte that a department received: a line for each answer or refusal, with its headers as received and its body in base64. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatongProblem } from '../clients/sdk/datongProblem.ts';
import type { StoredExchange } from '../clients/sdk/storedExchange.ts';

/** What was received; without an exchange where the reply came from before the hub's application. */
type ReceivedReply = Pick<StoredExchange, 'reply'> & Partial<Pick<StoredExchange, 'exchange'>>;

export class Received {
  private readonly file: string;

  /** @param out folder of the run @param name the department, its program, or a person */
  constructor(out: string, name: string) {
    this.file = join(out, `received-${name}.ndjson`);
    writeFileSync(this.file, '');
  }

  /** @param about what the check must know of the call */
  write({ exchange, reply }: ReceivedReply, about: object = {}): void {
    const { status, rawHeaders, body } = reply;
    const received = { at: Date.now(), exchange, status, headers: rawHeaders };
    const line = Object.assign(received, about, { body: Buffer.from(body).toString('base64') });
    appendFileSync(this.file, `${JSON.stringify(line)}\n`);
  }

  /** Makes a call, and writes its answer or its refusal, signed or not. @throws DatongProblem the refusal */
  async call<T extends { readonly kept: StoredExchange }>(
    call: () => Promise<T>,
    about: object = {},
  ): Promise<T> {
    try {
      const answer = await call();
      this.write(answer.kept, about);
      return answer;
    } catch (error) {
      if (error instanceof DatongProblem) this.write(error.kept ?? { reply: error.reply }, about);
      throw error;
    }
  }
}

/** The code of a refusal, or `answered`. @throws what is no refusal of the hub */
export const outcomeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'answered',
    (error: unknown) => {
      if (error instanceof DatongProblem) return error.code;
      throw error;
    },
  );
