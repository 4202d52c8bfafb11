import type { ReactNode } from 'react';
import { AuditSearch } from '../officer/AuditSearch.tsx';
import { LogHead } from '../officer/LogHead.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { ReceiptCheck } from '../receipt/ReceiptCheck.tsx';
import { addressOf } from '../route.ts';
import { hasOffice, hasRole, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

/** The log itself: its head, its entries, and the proof that an entry is in it. */
export function AuditPage(): ReactNode {
  const { say } = useWords();
  const { session } = useSession();
  return (
    <Page
      title={say('audit')}
      lead={say('auditLead')}
      actions={
        hasOffice(session, ['auditor']) ? (
          <Link to={addressOf('audit', ['report'])}>{say('monthReport')}</Link>
        ) : null
      }
    >
      {hasRole(session, ['auditor']) ? <AuditSearch /> : null}
      {hasRole(session, ['auditor', 'security', 'operator']) ? <LogHead /> : null}
      <ReceiptCheck />
    </Page>
  );
}
