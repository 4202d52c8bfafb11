import type { components } from '../../../../api/openapi.ts';
import { usualPorts } from '../../../../machine/sources/sqlSource.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import type { PullDocument, PullSchedule } from '../../../domain/pull.ts';

/** What of it `openapi.yaml` cannot say. @throws Problem pull_invalid */
export function documentOf({
  source: { system = 'postgres', port = usualPorts[system], ...source },
  overlap,
  changed,
  schedule,
  seconds = 30,
  rows = 5_000_000,
  ...asked
}: components['schemas']['Pull']): PullDocument {
  if (asked.query.includes(';'))
    throw invalid({ zh: 'query 应为一条不带分号的查询', en: 'query is one statement without a semicolon' });
  return {
    ...asked,
    ...{ source: { ...(system === 'mysql' && { system }), ...source, port }, seconds, rows },
    ...(changed === undefined ? {} : { changed }),
    ...(overlap === undefined ? {} : { overlap }),
    schedule: scheduleOf(schedule),
  };
}

function scheduleOf({ every, on, window }: components['schemas']['Pull']['schedule']): PullSchedule {
  if (on !== undefined && !['week', 'month', 'quarter'].includes(every))
    throw invalid({
      zh: 'on 只用于 week、month、quarter',
      en: 'on is of a week, a month or a quarter',
    });
  const [from, to] = window?.split('-') ?? [];
  if (window !== undefined && from === to)
    throw invalid({ zh: 'window 的始末相同', en: 'the window ends when it begins' });
  return { every, ...(on === undefined ? {} : { on }), ...(window === undefined ? {} : { window }) };
}

const invalid = (reason: Bilingual): Problem => new Problem('pull_invalid', { reason });
