/** A local copy kept in step: what changed since what this consumer said that it holds, answer after answer. */
import type { components } from '../../api/openapi.ts';
import { contextHeaders, jsonCall } from './jsonCall.ts';
import { RecordStream } from './recordStream.ts';
import { openStream, signedCall, type CallServices } from './signedCall.ts';
import type { Answer, CallContext } from './types.ts';

export type ChangesQuestion = components['schemas']['ChangesQuestion'];
export type ChangesAnswer = components['schemas']['ChangesAnswer'];
export type RowChange = components['schemas']['RowChange'];

/** What changed of a dataset's rows, where an agreement delivers `changes`. */
export class Changes {
  private readonly services: CallServices;

  constructor(services: CallServices) {
    this.services = services;
  }

  /** One answer. Name its `watermark` in the next question once it is taken over; until then it comes again. */
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
   * The first copy, as a stream: each record is a `RowChange`. The feed begins with it. Once its end is verified, its exchange is the
   * watermark to acknowledge; a stream that broke goes on with the `cursor` of its last verified part as `after`.
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
   * Answer after answer until the copy is in step. Asking for the next one acknowledges the one before: take it over first. The last one
   * is acknowledged by the next call, so keep its watermark.
   * @param question with `acknowledge`, where an answer was taken over before; with `restart`, where the copy is lost
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
