import type { ReactNode } from 'react';
import { Page } from '../parts/Page.tsx';
import { useWords } from '../words/words.ts';
import { EntryList } from './EntryList.tsx';

/** Calls of departments: request, answer, and reason of a refusal. */
export function ExchangesPage(): ReactNode {
  const { say } = useWords();
  return (
    <Page title={say('exchanges')} lead={say('exchangesLead')}>
      <EntryList
        label={say('exchanges')}
        empty={say('exchangesEmpty')}
        kinds={['release', 'intake', 'return', 'consent', 'inspect', 'sandbox']}
        usual="release"
      />
    </Page>
  );
}
