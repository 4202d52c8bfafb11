import type { ReactNode } from 'react';
import { Page } from '../parts/Page.tsx';
import { ReceiptCheck } from '../receipt/ReceiptCheck.tsx';
import { hasRole, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { EntryList } from './EntryList.tsx';

const kinds = [
  'release',
  'intake',
  'management',
  'consent',
  'inspect',
  'return',
  'retire',
  'overload',
  'genesis',
] as const;

/** The log itself: its entries, and the proof that something stands in it. */
export function AuditPage(): ReactNode {
  const { say } = useWords();
  const { session } = useSession();
  return (
    <Page title={say('audit')} lead={say('auditLead')}>
      <ReceiptCheck />
      {hasRole(session, ['auditor']) ? (
        <EntryList label={say('audit')} empty={say('auditEmpty')} kinds={kinds} />
      ) : null}
    </Page>
  );
}
