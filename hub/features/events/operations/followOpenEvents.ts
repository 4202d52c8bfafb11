/**
 * GET /v1/open-event-changes: server-sent events for a page that stays open. A message names events alone; what they are is read by
 * separate calls, each with its log entry. The entry of this call records that the page was opened.
 *
 *   news of the watch → session or token, roles and reach of this moment → events that the person may see → message
 */
import { Problem } from '../../../../terms/problem.ts';
import type { NoticeReader } from '../../../pipeline/call.ts';
import { self } from '../../../pipeline/ownership.ts';
import { headerOf } from '../../../pipeline/requestChecks.ts';
import { operation } from '../../common/operation.ts';
import { reachOf } from '../../common/reach.ts';
import { boardReaders } from '../openEventView.ts';
import type { News } from '../openEventWatch.ts';

/** Milliseconds after which a browser connects again. */
const retryMs = 3_000;
/** Seconds after which an answer ends; its browser connects again. */
const maxSeconds = 3_600;

/** @throws Problem live_pages_too_many */
export const followOpenEvents = operation('followOpenEvents', {
  kind: 'inspect',
  permission: boardReaders,
  owner: self,
  run: ({ caller, head, query }, { openEventWatch }) => {
    const { person } = caller;
    openEventWatch.admit(person);
    const last = headerOf(head, 'last-event-id');
    const since = last === undefined ? undefined : Number(last);
    const follow = (signal: AbortSignal) =>
      openEventWatch.follow(person, since, Number(query.seconds ?? maxSeconds) * 1_000, signal);
    return {
      entry: 'allow',
      status: 200,
      contentType: 'text/event-stream',
      body: new Uint8Array(),
      // reverse proxies pass each message on at once
      headers: { 'x-accel-buffering': 'no' },
      facts: { change: { act: 'follow' } },
      notices: (reader) => messages(follow, reader),
    };
  },
});

async function* messages(
  follow: (signal: AbortSignal) => AsyncIterable<News>,
  { signal, caller }: NoticeReader,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`retry: ${retryMs}\n\n`);
  for await (const news of follow(signal)) {
    const reach = await reachNow(caller);
    if (reach === 'ended') return;
    const message = messageOf(news, reach);
    if (message !== '') yield Buffer.from(message);
  }
}

/** @returns undefined: all departments; ended: the person is not signed in any more, or has none of the roles */
async function reachNow(caller: NoticeReader['caller']): Promise<readonly string[] | undefined | 'ended'> {
  try {
    const now = await caller();
    return now.kind === 'staff' ? reachOf(boardReaders, now) : 'ended';
  } catch (error) {
    if (error instanceof Problem) return 'ended';
    throw error;
  }
}

/** Without events that the person may see: nothing, or a comment as a sign of life. So no byte and no time reveals events of others. */
function messageOf({ moment, events, reload, isBeat }: News, reach: readonly string[] | undefined): string {
  if (reload) return `id: ${moment}\nevent: reload\ndata:\n\n`;
  const shown = events.filter(
    ({ departments }) => reach === undefined || departments.some((one) => reach.includes(one)),
  );
  if (shown.length === 0) return isBeat ? ':\n\n' : '';
  return shown
    .map(({ id }) => `id: ${moment}\nevent: open-event\ndata: ${JSON.stringify({ event: id })}\n\n`)
    .join('');
}
