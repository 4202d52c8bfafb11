/** Synchronises a local copy: each answer has the changes since the state that this consumer acknowledged. */
import type { components } from '../../api/openapi.ts';
import { contextHeaders, jsonCall } from './jsonCall.ts';
import { RecordStream } from './recordStream.ts';
import { openStream, signedCall, type CallServices } from './signedCall.ts';
import type { Answer, CallContext } from './types.ts';

export type ChangesQuestion = components['schemas']['ChangesQuestion'];
export type ChangesAnswer = components['schemas']['ChangesAnswer'];
export type RowChange = components['schemas']['RowChange'];

/** Changes of a dataset's rows, where an agreement delivers `changes`. */
export class Changes {
  private readonly services: CallServices;

  constructor(services: CallServices) {
    this.services = services;
  }

  /** Returns one answer. Send its `watermark` with the next call once it is stored; until then the hub repeats the answer. */
  async next(
    dataset: string,
    question: ChangesQuestion,
    context: CallContext,
  ): Promise<Answer<ChangesAnswer>> {
    const path = `/v1/datasets/${encodeURIComponent(dataset)}/changes`;
    const input = jsonCall(path, question, contextHeaders(context), 'required');
    return (await signedCall(input, this.services)) as Answer<ChangesAnswer>;
  }

  /**
   * Returns the first copy as a stream in which each record is a `RowChange`. The feed begins with this copy. Once its end is verified,
   * acknowledge the id of its exchange as the watermark. After a broken stream, send the `cursor` of its last verified part as `after`.
   */
  async copy(
    dataset: string,
    question: Pick<ChangesQuestion, 'fields'> & { readonly after?: string },
    context: CallContext,
  ): Promise<RecordStream> {
    const path = `/v1/datasets/${encodeURIComponent(dataset)}/stream`;
    const requested = { ...question, changes: true };
    const input = jsonCall(path, requested, contextHeaders(context), 'required');
    return RecordStream.begin(await openStream(input, this.services), this.services);
  }

  /**
   * Returns answer after answer until the copy is in sync. Asking for the next answer acknowledges the one before, so store that one first.
   * The next call acknowledges the last one: store its watermark.
   * @param question with `acknowledge`, where an answer was stored before; with `restart`, where the copy is lost
   */
  async *untilInStep(
    dataset: string,
    question: ChangesQuestion,
    context: CallContext,
  ): AsyncGenerator<Answer<ChangesAnswer>, void> {
    let requested = question;
    for (;;) {
      const answer = await this.next(dataset, requested, context);
      yield answer;
      if (!answer.json.more) return;
      const { restart: _, ...same } = question;
      requested = { ...same, acknowledge: answer.json.watermark };
    }
  }
}
