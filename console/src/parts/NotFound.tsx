import type { ReactNode } from 'react';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';
import { Link } from './Link.tsx';
import { Page } from './Page.tsx';

/** An address that no page has. */
export function NotFound(): ReactNode {
  const { say } = useWords();
  return (
    <Page title={say('notFound')}>
      <p>{say('notFoundText', { address: window.location.pathname })}</p>
      <p>
        <Link button to={addressOf('inbox')}>
          {say('notFoundHome')}
        </Link>
      </p>
    </Page>
  );
}
