import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { attendedNews, attendedPoll, follow, slowPause } from './follow.ts';

/** As much of a stream as a page uses. */
class Stream extends EventTarget {
  readonly CLOSED = 2;
  readyState = 0;
  close(): void {
    this.readyState = 2;
  }
  opened(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }
  changed(event: string): void {
    this.dispatchEvent(new MessageEvent('open-event', { data: JSON.stringify({ event }) }));
  }
  failed(state: 0 | 2): void {
    this.readyState = state;
    this.dispatchEvent(new Event('error'));
  }
}

function page(context: TestContext, event?: string) {
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), {
    visibilityState: 'visible',
  });
  const streams: Stream[] = [];
  const seen = { reads: 0, pending: false };
  const open = (): EventSource => {
    const stream = new Stream();
    streams.push(stream);
    return stream as unknown as EventSource;
  };
  const following = {
    again: () => (seen.reads += 1),
    isPending: () => seen.pending,
    ...(event === undefined ? {} : { event }),
  };
  const end = follow(following, {
    window,
    open,
    now: Date.now,
    document: document as unknown as Document,
  });
  context.after(end);
  return {
    seen,
    streams,
    end,
    stream: () => streams.at(-1) ?? assert.fail('no stream'),
    pass: (milliseconds: number) => context.mock.timers.tick(milliseconds),
    move: () => window.dispatchEvent(new Event('pointermove')),
    show: (state: DocumentVisibilityState) => {
      document.visibilityState = state;
      document.dispatchEvent(new Event('visibilitychange'));
    },
  };
}

test('a page reads on a message, at most once in five seconds, and never by itself', (context) => {
  const { seen, stream, pass } = page(context);
  stream().opened();
  pass(3_600_000 / 4);
  assert.equal(seen.reads, 0);
  stream().changed('a');
  stream().changed('b');
  pass(200);
  assert.equal(seen.reads, 1);
  stream().dispatchEvent(new MessageEvent('reload', { data: '' }));
  pass(4_000);
  assert.equal(seen.reads, 1);
  pass(1_000);
  assert.equal(seen.reads, 2);
});

test('a change during a reading is read after it', (context) => {
  const { seen, stream, pass } = page(context);
  stream().opened();
  seen.pending = true;
  stream().changed('a');
  pass(1_000);
  assert.equal(seen.reads, 0);
  seen.pending = false;
  pass(5_000);
  assert.equal(seen.reads, 1);
});

test('the page of one event reads on its own messages alone', (context) => {
  const { seen, stream, pass } = page(context, 'a');
  stream().opened();
  stream().changed('b');
  pass(10_000);
  assert.equal(seen.reads, 0);
  stream().changed('a');
  pass(200);
  assert.equal(seen.reads, 1);
});

test('an unattended page reads nothing; what it missed is read at the next input', (context) => {
  const { seen, stream, pass, move } = page(context);
  stream().opened();
  pass(attendedNews);
  stream().changed('a');
  pass(10_000);
  assert.equal(seen.reads, 0);
  move();
  pass(200);
  assert.equal(seen.reads, 1);
});

test('a hidden page has no stream; shown again it reads what it missed', (context) => {
  const { seen, streams, stream, pass, show } = page(context);
  stream().opened();
  show('hidden');
  assert.equal(stream().readyState, 2);
  pass(600_000);
  assert.deepEqual([seen.reads, streams.length], [0, 1]);
  show('visible');
  pass(200);
  assert.deepEqual([seen.reads, streams.length], [1, 2]);
});

test('without a stream a page reads every minute while it is attended, and opens the stream again', (context) => {
  const { seen, streams, stream, pass, move } = page(context);
  stream().failed(2);
  assert.equal(seen.reads, 0);
  pass(slowPause);
  assert.deepEqual([seen.reads, streams.length], [1, 2]);
  stream().failed(2);
  for (let waited = 0; waited < 3_600_000; waited += slowPause) {
    pass(slowPause);
    stream().failed(2);
  }
  const before = seen.reads;
  assert.equal(before, attendedPoll / slowPause - 1);
  move();
  pass(200);
  assert.equal(seen.reads, before + 1);
  pass(slowPause);
  stream().opened();
  const opened = seen.reads;
  pass(slowPause * 2);
  assert.equal(seen.reads, opened, 'a stream again');
});

test('a stream that is refused after it was open is followed by one reading, which finds an ended session', (context) => {
  const { seen, stream, pass } = page(context);
  stream().opened();
  stream().failed(0);
  assert.equal(seen.reads, 0, 'the browser connects again by itself');
  stream().opened();
  stream().failed(2);
  assert.equal(seen.reads, 1);
  pass(1_000);
  assert.equal(seen.reads, 1);
});

test('a page that is left follows nothing', (context) => {
  const { seen, stream, pass, end } = page(context);
  stream().opened();
  stream().changed('a');
  end();
  pass(60_000);
  assert.deepEqual([seen.reads, stream().readyState], [0, 2]);
});
