import type { ReactNode } from 'react';
import { AuditSearch } from '../officer/AuditSearch.tsx';
import { LogHead } from '../officer/LogHead.tsx';
import { Page } from '../parts/Page.tsx';
import { ReceiptCheck } from '../receipt/ReceiptCheck.tsx';
import { hasRole, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

/** The log itself: its head, its entries, and the proof that an entry is in it. */
export function AuditPage(): ReactNode {
  const { say } = useWords();
  const { session } = useSession();
  return (
    <Page title={say('audit')} lead={say('auditLead')}>
      {hasRole(session, ['auditor']) ? <AuditSearch /> : null}
      {hasRole(session, ['auditor', 'security', 'operator']) ? <LogHead /> : null}
      <ReceiptCheck />
    </Page>
  );
}
