/**
 * When a page that stays open reads again: on the hub's messages that something changed; while there is no stream, every minute. Reading
 * counts as use of the session. An unattended page therefore reads nothing, and its session ends as any other.
 *
 *   message → wait until the last reading is some seconds ago → read
 *   stream fails → read every minute while the page is attended, and open the stream again
 *   hidden → no stream, no reading; visible again → stream, and read what was missed
 */

/** Milliseconds between two readings, however many messages arrive. */
const pause = 5_000;
/** Messages that arrive together cause one reading. */
const together = 200;
/** Milliseconds between two readings without a stream. */
export const slowPause = 60_000;
/** Milliseconds after the last input within which a page without a stream reads. */
export const attendedPoll = 600_000;
/** Milliseconds after the last input within which messages cause readings: a session ends after as many. */
export const attendedNews = 1_800_000;

const inputs = ['pointerdown', 'pointermove', 'keydown'] as const;

/** The parts of a browser that are used; tests have their own. */
export interface Browser {
  readonly window: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>;
  readonly document: Pick<Document, 'addEventListener' | 'removeEventListener' | 'visibilityState'>;
  readonly open: () => EventSource;
  readonly now: () => number;
}

const usual: Browser = {
  window: globalThis.window,
  document: globalThis.document,
  open: () => new EventSource('/v1/open-event-changes'),
  now: Date.now,
};

export interface Following {
  /** reads again */
  readonly again: () => void;
  /** a reading is not answered yet */
  readonly isPending: () => boolean;
  /** the one event that is shown; absent: all */
  readonly event?: string;
}

/** @returns ends it */
export function follow(following: Following, browser: Browser = usual): () => void {
  const one = new Follower(following, browser);
  one.begin();
  return () => one.end();
}

class Follower {
  private readonly following: Following;
  private readonly browser: Browser;
  private source: EventSource | undefined;
  private poll: ReturnType<typeof setInterval> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastRead: number;
  private lastInput: number;
  /** something changed while the page was unattended */
  private missed = false;

  constructor(following: Following, browser: Browser) {
    this.following = following;
    this.browser = browser;
    this.lastInput = browser.now();
    // the page itself was just read; the first message reads at once
    this.lastRead = browser.now() - pause;
  }

  begin(): void {
    const { window, document } = this.browser;
    for (const input of inputs) window.addEventListener(input, this.attended);
    document.addEventListener('visibilitychange', this.turned);
    if (document.visibilityState === 'visible') this.listen();
  }

  end(): void {
    const { window, document } = this.browser;
    for (const input of inputs) window.removeEventListener(input, this.attended);
    document.removeEventListener('visibilitychange', this.turned);
    this.rest();
  }

  /** No stream and no reading. */
  private rest(): void {
    this.source?.close();
    this.source = undefined;
    clearInterval(this.poll);
    this.poll = undefined;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private listen(): void {
    this.source?.close();
    const source = this.browser.open();
    this.source = source;
    let wasOpen = false;
    source.addEventListener('open', () => {
      wasOpen = true;
      clearInterval(this.poll);
      this.poll = undefined;
    });
    source.addEventListener('open-event', ({ data }: MessageEvent<string>) => {
      if (this.concerns(data)) this.changed();
    });
    source.addEventListener('reload', () => this.changed());
    source.addEventListener('error', () => {
      this.poll ??= setInterval(() => this.pollOnce(), slowPause);
      // refused after it was open: one reading finds out whether the session has ended
      if (wasOpen && source.readyState === source.CLOSED) this.read();
      wasOpen = false;
    });
  }

  private concerns(data: string): boolean {
    const { event } = this.following;
    return event === undefined || (JSON.parse(data) as { readonly event?: string }).event === event;
  }

  private pollOnce(): void {
    if (!this.isAttended(attendedPoll)) {
      this.missed = true;
      return;
    }
    this.read();
    if (this.source !== undefined && this.source.readyState === this.source.CLOSED) this.listen();
  }

  private isAttended(within: number): boolean {
    return this.browser.now() - this.lastInput < within;
  }

  private changed(): void {
    if (!this.isAttended(attendedNews)) this.missed = true;
    else this.soon();
  }

  private soon(): void {
    this.timer ??= setTimeout(
      () => {
        this.timer = undefined;
        if (this.following.isPending()) {
          // its answer may be from before the change
          this.lastRead = this.browser.now();
          this.soon();
        } else this.read();
      },
      Math.max(together, this.lastRead + pause - this.browser.now()),
    );
  }

  private read(): void {
    this.missed = false;
    this.lastRead = this.browser.now();
    this.following.again();
  }

  private readonly attended = (): void => {
    this.lastInput = this.browser.now();
    if (this.missed && this.source !== undefined) {
      this.missed = false;
      this.soon();
    }
  };

  private readonly turned = (): void => {
    if (this.browser.document.visibilityState !== 'visible') this.rest();
    else if (this.source === undefined) {
      this.listen();
      this.soon();
    }
  };
}
