/** Subjects of commits that have not landed: `scope: what the commit does`, at most 72 characters. Shorter than commitlint's configuration. */
import { execFileSync } from 'node:child_process';
import { root } from '../generated.ts';
import type { Step } from './step.ts';

const maxSubject = 72;
const form = /^[a-z][\w, /.-]*: \S/i;

/** @param subjects first lines of commit messages @returns findings */
export const subjectFindings = (subjects: readonly string[]): string[] =>
  subjects.flatMap((subject) => [
    ...(subject.length > maxSubject
      ? [`«${subject}»: ${subject.length} characters of at most ${maxSubject}`]
      : []),
    ...(form.test(subject) ? [] : [`«${subject}»: write «scope: what the commit does»`]),
  ]);

/** The commits of this branch that `main` does not have, without merges; none in a copy without history. */
function newSubjects(): readonly string[] {
  const args = ['log', '--no-merges', '--format=%s', 'main..HEAD', '--'];
  try {
    const text = execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.split('\n').filter((line) => line !== '');
  } catch {
    return [];
  }
}

export const commitSubjects: Step = {
  name: 'commit subjects',
  run: () => Promise.resolve(subjectFindings(newSubjects())),
};
