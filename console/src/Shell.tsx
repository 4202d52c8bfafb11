import { Button } from 'antd';
import { Suspense, lazy, type ComponentType, type ReactNode } from 'react';
import { post } from './api/call.ts';
import { Link } from './parts/Link.tsx';
import { Page } from './parts/Page.tsx';
import { DepartmentNames } from './parts/DepartmentNames.tsx';
import { useDepartments } from './parts/useDepartments.ts';
import { AgreementPage } from './pages/AgreementPage.tsx';
import { AgreementsPage } from './pages/AgreementsPage.tsx';
import { BatchesPage } from './pages/BatchesPage.tsx';
import { DatasetPage } from './pages/DatasetPage.tsx';
import { DatasetsPage } from './pages/DatasetsPage.tsx';
import { DepartmentsPage } from './pages/DepartmentsPage.tsx';
import { ExchangesPage } from './pages/ExchangesPage.tsx';
import { InboxPage } from './pages/InboxPage.tsx';
import { PersonsPage } from './pages/PersonsPage.tsx';
import { SessionsPage } from './pages/SessionsPage.tsx';
import { addressOf, useRoute } from './route.ts';
import { hasRole, useSession, type Role } from './session.ts';
import { useWords } from './words/words.ts';
import type { Words } from './words/zh.ts';

// the log's verification comes with it: only whoever opens the page loads it
const AuditPage = lazy(() =>
  import('./pages/AuditPage.tsx').then(({ AuditPage: page }) => ({ default: page })),
);

interface Entry {
  readonly page: keyof Words;
  readonly shown: ComponentType;
  /** of one thing on the page */
  readonly detail?: ComponentType;
  /** who finds it in the menu; absent: everybody */
  readonly roles?: readonly Role[];
}

const entries: readonly Entry[] = [
  { page: 'inbox', shown: InboxPage },
  { page: 'datasets', shown: DatasetsPage, detail: DatasetPage },
  { page: 'agreements', shown: AgreementsPage, detail: AgreementPage },
  { page: 'batches', shown: BatchesPage },
  { page: 'exchanges', shown: ExchangesPage, roles: ['auditor'] },
  { page: 'audit', shown: AuditPage },
  { page: 'departments', shown: DepartmentsPage },
  { page: 'persons', shown: PersonsPage },
  { page: 'sessions', shown: SessionsPage },
];

export function Shell(): ReactNode {
  return (
    <DepartmentNames>
      <Frame />
    </DepartmentNames>
  );
}

function Frame(): ReactNode {
  const { say, language, choose } = useWords();
  const { session } = useSession();
  const { name } = useDepartments();
  const route = useRoute();
  const mayOpen = ({ roles }: Entry): boolean => roles === undefined || hasRole(session, roles);
  const entry = entries.find(({ page }) => page === route.page) ?? entries[0];
  if (entry === undefined) return null;
  const Shown = route.what.length > 0 && entry.detail !== undefined ? entry.detail : entry.shown;
  const signOut = (): void => {
    const leave = (): void => {
      window.localStorage.removeItem('datong-signed-in');
      window.location.assign('/');
    };
    void post('/v1/sessions/{session}/end', {}, { at: { session: session.id } }).then(leave, leave);
  };
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {say('skip')}
      </a>
      <header className="top">
        <strong>{say('product')}</strong>
        <span className="grow" />
        <span>{say('signedInAs', { name: session.name, place: name(session.department) })}</span>
        <Button
          size="small"
          lang={language === 'zh' ? 'en' : 'zh-CN'}
          onClick={() => choose(language === 'zh' ? 'en' : 'zh')}
        >
          {say('language')}
        </Button>
        <Button size="small" onClick={signOut}>
          {say('signOut')}
        </Button>
      </header>
      {session.way === 'demo' ? (
        <p className="demo-banner" role="note">
          {say('demoBanner')}
        </p>
      ) : null}
      <nav className="menu" aria-label={say('nav')}>
        <ul>
          {entries.filter(mayOpen).map(({ page }) => (
            <li key={page}>
              <Link to={addressOf(page)} current={page === entry.page}>
                {say(page)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <main id="content" tabIndex={-1}>
        {mayOpen(entry) ? (
          <Suspense fallback={<p>{say('loading')}</p>}>
            <Shown key={`${entry.page}/${route.what.join('/')}`} />
          </Suspense>
        ) : (
          <Page title={say('notYours')}>
            <p>
              {say('notYoursText', { roles: (entry.roles ?? []).map((role) => say(`r_${role}`)).join('、') })}
            </p>
          </Page>
        )}
      </main>
    </div>
  );
}
