import type { Filling } from './bilingual.ts';
import { Problem } from './problem.ts';

/** Version of the formats of stored files, their member `v`. A release that writes a file which this one could misread writes a higher one. */
export const formatVersion = 1;

/**
 * Refuses a file that a later release made. Called before its other members are read.
 * @param content as parsed; without `v` it is of a release before versions were written, and is read
 * @throws Problem made_by_later_release
 */
export function refuseLaterVersion(content: unknown, file: Filling): void {
  if (typeof content !== 'object' || content === null) return;
  const { v: version } = content as { readonly v?: unknown };
  if (version === undefined || version === formatVersion) return;
  const written = typeof version === 'number' ? String(version) : '?';
  throw new Problem('made_by_later_release', { file, version: written, known: formatVersion });
}

/** Whether a reader was refused by it: no other fault of the file is then reported. */
export const isOfLaterRelease = (error: unknown): error is Problem =>
  error instanceof Problem && error.code === 'made_by_later_release';
