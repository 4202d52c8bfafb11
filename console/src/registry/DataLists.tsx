import type { ReactNode } from 'react';
import { Link } from '../parts/Link.tsx';
import { SearchBox } from '../parts/SearchBox.tsx';
import { addressOf } from '../route.ts';
import { hasRole, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

/** One search over all data, and the two lists below it: the catalogue, and what is registered whether it is in the catalogue or not. */
export function DataLists({ current }: { readonly current: 'catalogue' | 'datasets' }): ReactNode {
  const { say } = useWords();
  return (
    <>
      <SearchBox
        label={say('catSearch')}
        hint={say('catWords')}
        {...(current === 'catalogue' ? {} : { page: 'catalogue' })}
      />
      <nav className="tabs no-print" aria-label={say('catLists')}>
        {(['catalogue', 'datasets'] as const).map((page) => (
          <Link key={page} current={page === current} to={addressOf(page)}>
            {say(page)}
          </Link>
        ))}
      </nav>
    </>
  );
}

/** For those who register data. */
export function NewDatasetLink(): ReactNode {
  const { say } = useWords();
  const { session } = useSession();
  return hasRole(session, ['steward', 'operator']) ? (
    <Link button to={addressOf('datasets', ['new'])}>
      {say('ndNew')}
    </Link>
  ) : null;
}
