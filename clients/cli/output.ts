/**
 * The only module that writes to stdout and stderr (ESLint refuses `process.stdout` and `process.stderr` elsewhere in clients/cli and hub).
 * Titles, names and reasons were written by others: a control character in one would move the cursor or hide a line. So every text is escaped
 * here, and only styles named here become control sequences.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { OutputConfiguration } from 'commander';
import { momentsInChina } from '../../terms/civilDate.ts';
import { escapeHidden } from '../../terms/controlText.ts';

const styles = { bold: '1', dim: '2', red: '31', green: '32', heading: '1;36' } as const;

/** A part of a line in a colour. Its text is escaped when it is written. */
class Styled {
  readonly style: keyof typeof styles;
  readonly text: string;

  constructor(style: keyof typeof styles, text: string) {
    this.style = style;
    this.text = text;
  }
}

export const styled = (style: keyof typeof styles, text: string): Styled => new Styled(style, text);

/** A text, or parts of one. */
export type Text = string | readonly (string | Styled)[];

type Stream = NodeJS.WriteStream;

const isColoured = (stream: Stream): boolean => stream.isTTY && process.env['NO_COLOR'] === undefined;

const plain = (part: string | Styled): string => (part instanceof Styled ? part.text : part);

function rendered(stream: Stream, text: Text): string {
  if (typeof text === 'string') return escapeHidden(text);
  const coloured = isColoured(stream);
  return text
    .map((part) =>
      coloured && part instanceof Styled
        ? `\u001b[${styles[part.style]}m${escapeHidden(part.text)}\u001b[0m`
        : escapeHidden(plain(part)),
    )
    .join('');
}

/** Data for people, or JSON, on stdout. The escapes leave the value of JSON as it is. */
export function writeData(text: Text): void {
  const shown = rendered(process.stdout, text);
  process.stdout.write(shown.endsWith('\n') ? shown : `${shown}\n`);
}

/**
 * Writes the content of a file (CSV, PEM, HTML, rows) to stdout: byte for byte into a file or pipe, escaped on a terminal. Resolves once
 * the reader has read it.
 */
export async function writeFileContent(content: string): Promise<void> {
  const text = process.stdout.isTTY
    ? escapeHidden(content.replace(/^\ufeff/, '').replaceAll('\r\n', '\n'))
    : content;
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** One line of talk on stderr. Moments are in the time of mainland China, with the zone. */
export function writeTalk(text: Text): void {
  process.stderr.write(`${momentsInChina(rendered(process.stderr, text))}\n`);
}

/** A line of progress on the terminal that replaces the one before; nothing where stderr is no terminal. */
export const progressLine = {
  isShown: (): boolean => process.stderr.isTTY,
  show(text: string): void {
    if (process.stderr.isTTY) process.stderr.write(`\r${escapeHidden(text)}\u001b[K`);
  },
  /** Removes the line. */
  remove(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  },
  /** Ends the line; further output begins a new one. */
  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\n');
  },
};

/** Columns of the terminal; 100 where stdout is none. */
export const terminalColumns = (): number => (process.stdout.isTTY ? process.stdout.columns || 100 : 100);

/** Asks for each line on the terminal until an answer is not empty. @param questions in order @returns the answers */
export async function askLines(questions: readonly string[]): Promise<readonly string[]> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answers: string[] = [];
    for (const question of questions) {
      let answer = '';
      while (answer === '') answer = (await asking.question(escapeHidden(question))).trim();
      answers.push(answer);
    }
    return answers;
  } finally {
    asking.close();
  }
}

/**
 * Runs an interactive verb: with the lines of the terminal, or with undefined where stdin is none. A question that Ctrl-C or the end of
 * input leaves open rejects with AbortError.
 */
export async function withLines(
  work: (line: ((prompt: string) => Promise<string>) | undefined) => Promise<void>,
): Promise<void> {
  if (!process.stdin.isTTY) {
    await work(undefined);
    return;
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new AbortController();
  // readline closes at Ctrl-C and at the end of input, and leaves the question pending
  asking.once('close', () => closed.abort());
  try {
    await work((prompt) => asking.question(escapeHidden(prompt), { signal: closed.signal }));
  } finally {
    asking.close();
  }
}

/** Asks for a line without echo. */
export async function askHidden(question: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const asking = createInterface({ input: process.stdin, output: silent, terminal: true });
  process.stderr.write(escapeHidden(question));
  try {
    return await asking.question('');
  } finally {
    asking.close();
    process.stderr.write('\n');
  }
}

/** Output of help and usage errors, which repeat words of the command line. */
export const writeHelp = (text: string): void => void process.stdout.write(escapeHidden(text));

export const commanderOutput: OutputConfiguration = {
  writeOut: writeHelp,
  writeErr: (text) => void process.stderr.write(escapeHidden(text)),
};

/**
 * Registers a handler for failed writes to stdout. Errors of stderr are ignored: a running hub must not end because its log's reader has
 * closed.
 */
export function onOutputError(handle: (error: NodeJS.ErrnoException) => void): void {
  process.stdout.once('error', handle);
  process.stdout.on('error', () => undefined); // the first one was handled
  process.stderr.on('error', () => undefined);
}
