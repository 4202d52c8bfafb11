import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { writeFileContent } from '../output.ts';

/** Lines to a stream in large pieces, waiting where the reader of a pipe is slow. */
export class LineSink {
  /** undefined for standard output */
  private readonly stream: Writable | undefined;
  private held: string[] = [];
  private size = 0;
  private failed: Error | undefined;

  /** @param path a file to make, or undefined for standard output */
  constructor(path?: string) {
    this.stream = path === undefined ? undefined : createWriteStream(path);
    // a file that cannot be made or is full: the next flush throws
    this.stream?.on('error', (error) => (this.failed = error));
  }

  add(line: string): void {
    this.held.push(line);
    this.size += line.length;
  }

  /** Writes the buffer once it is large enough. @throws Error of the file system */
  async flush(always = false): Promise<void> {
    if (this.failed !== undefined) throw this.failed;
    if (this.held.length === 0 || (!always && this.size < 65_536)) return;
    const text = `${this.held.join('\n')}\n`;
    this.held = [];
    this.size = 0;
    if (this.stream === undefined) await writeFileContent(text);
    else if (!this.stream.write(text)) await once(this.stream, 'drain');
  }

  async end(): Promise<void> {
    await this.flush(true);
    if (this.stream !== undefined) {
      this.stream.end();
      await finished(this.stream);
    }
  }
}
