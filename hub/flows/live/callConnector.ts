import type { ReleaseServices } from '../release/services.ts';
import { readLiveAnswer } from './liveAnswer.ts';
import type { LiveQuestion, LivePart } from './liveQuestion.ts';

export interface LivePartRequest {
  readonly dataset: string;
  readonly exchange: string;
  readonly question: LiveQuestion;
  /** rows */
  readonly limit: number;
  /** the place after which to continue */
  readonly after: string | undefined;
  /** W3C Trace Context of the question; undefined where the call is not traced */
  readonly traceparent: string | undefined;
}

/**
 * Queries over a connection that the provider opened; the provider applies every condition but those on places.
 * @throws Problem provider_unavailable, provider_answer_invalid, cursor_expired
 */
export async function callConnector(
  { live }: Pick<ReleaseServices, 'live'>,
  { dataset, exchange, question, limit, after, traceparent }: LivePartRequest,
): Promise<LivePart> {
  const { fields } = question;
  // connectors compare scalars only
  const filter = question.filter.filter(({ op }) => op !== 'within');
  const body = JSON.stringify({ fields, filter, limit, ...(after === undefined ? {} : { after }) });
  const { given, read } = await live.ask({ dataset, exchange, body, traceparent }, ({ body: text, rows }) =>
    readLiveAnswer(text, rows, limit),
  );
  return {
    answer: read,
    behind: read.more ? read.after.at(-1) : undefined,
    pushed: filter,
    hubOnly: question.filter.filter(({ op }) => op === 'within'),
    failed: [],
    statements: [given.statement],
    signed: true,
    report: (reported) => given.connector.report({ exchange, question: given.question }, reported),
  };
}
