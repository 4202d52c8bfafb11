/** The hub's own log, for its operator: what happened, never about whom. */
import { pino, type Logger } from 'pino';
import { escapeHidden } from '../terms/controlText.ts';
import { Problem } from '../terms/problem.ts';

export type { Logger };

/** Structured lines on a stream of the caller's choosing (standard error unless told otherwise). */
export function hubLogger(level: string, stream: NodeJS.WritableStream = process.stderr): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    // a terminal would act on a control character of a name or path
    { write: (line: string) => void stream.write(escapeHidden(line)) },
  );
}

/**
 * What may be written of an error. Messages of the database driver can quote values of rows, so only its code and its place in the
 * program are kept.
 */
export function errorFacts(error: unknown): Record<string, unknown> {
  const cause = error instanceof Problem ? error.cause : undefined;
  return {
    ...(error instanceof Problem ? { code: error.code } : {}),
    ...(error instanceof Error ? { error: error.name, at: placesOf(error) } : { error: typeof error }),
    ...(error instanceof Error && 'code' in error ? { code: String(error.code) } : {}),
    ...(cause === undefined ? {} : { cause: errorFacts(cause) }),
  };
}

/** The frames of a stack without its first lines, which hold the message. */
function placesOf(error: Error): readonly string[] {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return frames
    .slice(0, 6)
    .map((line) => line.trim().replaceAll(/\(?file:\/\/[^)]*\/(?=[^/]+\/[^/]+\))/g, '('));
}
