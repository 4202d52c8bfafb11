/** The sealed list of whom an incident concerns: what is in it, how long, and why it stays closed. */
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { Problem } from '../../../../terms/problem.ts';
import { listLife } from '../../../domain/listLife.ts';
import type { EvidenceRow } from '../../../log/store/evidence.ts';

/** What the seal is bound to. */
export const sealContext = (id: string): string => `incident subjects ${id}`;

/** Unix milliseconds */
export const listEnd = ({ askedAt }: Pick<EvidenceRow, 'askedAt'>): number => askedAt + listLife;

export const staysClosed = (list: string, reason: Bilingual): Problem =>
  new Problem('list_closed', { list, reason });

/** @throws Problem list_closed */
export function refuseEnded(row: EvidenceRow, now: number): void {
  if (row.subjects !== null && now >= listEnd(row))
    throw staysClosed(row.id, {
      zh: '已过七天，名单已销毁，须重新生成',
      en: 'its seven days are over and it is destroyed; make another one',
    });
}
