import { Button } from 'antd';
import { Suspense, useContext, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { ComponentType, ReactNode } from 'react';
import { newSettling, SettlingContext } from './api/settling.ts';
import { lazily } from './parts/lazily.ts';
import { Menu, type MenuGroup } from './Menu.tsx';
import { Faulty } from './parts/Faulty.tsx';
import { OfflineNote } from './parts/OfflineNote.tsx';
import { NotFound } from './parts/NotFound.tsx';
import { Page } from './parts/Page.tsx';
import { UndoBar } from './parts/UndoBar.tsx';
import { TopBar } from './TopBar.tsx';
import { DatasetTitles, DatasetTitlesContext } from './parts/datasetTitles.ts';
import { DepartmentNames } from './parts/DepartmentNames.tsx';
import { AgreementsPage } from './pages/AgreementsPage.tsx';
import { DatasetPage } from './dataset/DatasetPage.tsx';
import { DatasetsPage } from './pages/DatasetsPage.tsx';
import { DepartmentsPage } from './pages/DepartmentsPage.tsx';
import { InboxPage } from './pages/InboxPage.tsx';
import { useReadCount } from './pages/useReadCount.ts';
import { OpenCountContext } from './parts/openCount.ts';
import { PersonsPage } from './pages/PersonsPage.tsx';
import { SessionsPage } from './pages/SessionsPage.tsx';
import { useRoute } from './route.ts';
import { batchReaders, hasOffice, hasRole, readers, useSession, type Role } from './session.ts';
import { useWords } from './words/words.ts';
import type { Words } from './words/zh.ts';

const CataloguePage = lazily(() => import('./registry/CataloguePage.tsx'), 'CataloguePage');
const CatalogueEntryPage = lazily(() => import('./registry/CatalogueEntryPage.tsx'), 'CatalogueEntryPage');
const ProposalPage = lazily(() => import('./registry/ProposalPage.tsx'), 'ProposalPage');
const AgreementPage = lazily(() => import('./pages/AgreementPage.tsx'), 'AgreementPage');
const BatchesPage = lazily(() => import('./pages/BatchesPage.tsx'), 'BatchesPage');
const ExchangesPage = lazily(() => import('./pages/ExchangesPage.tsx'), 'ExchangesPage');
const RequestsPage = lazily(() => import('./requests/RequestsPage.tsx'), 'RequestsPage');
const RequestPage = lazily(() => import('./requests/RequestPage.tsx'), 'RequestPage');
const TemplatesPage = lazily(() => import('./requests/TemplatesPage.tsx'), 'TemplatesPage');
const TemplatePage = lazily(() => import('./requests/TemplatePage.tsx'), 'TemplatePage');
const SchemasPage = lazily(() => import('./registry/SchemasPage.tsx'), 'SchemasPage');
const SchemaPage = lazily(() => import('./registry/SchemaPage.tsx'), 'SchemaPage');
const DepartmentPage = lazily(() => import('./registry/DepartmentPage.tsx'), 'DepartmentPage');
const TicketsPage = lazily(() => import('./cases/TicketsPage.tsx'), 'TicketsPage');
const TicketPage = lazily(() => import('./cases/TicketPage.tsx'), 'TicketPage');
const DisputesPage = lazily(() => import('./cases/DisputesPage.tsx'), 'DisputesPage');
const DisputePage = lazily(() => import('./cases/DisputePage.tsx'), 'DisputePage');
const DemandsPage = lazily(() => import('./demands/DemandsPage.tsx'), 'DemandsPage');
const DemandPage = lazily(() => import('./demands/DemandPage.tsx'), 'DemandPage');
const HoldsPage = lazily(() => import('./keeping/HoldsPage.tsx'), 'HoldsPage');
const RetentionPage = lazily(() => import('./keeping/RetentionPage.tsx'), 'RetentionPage');
const DestroyedPage = lazily(() => import('./keeping/DestroyedPage.tsx'), 'DestroyedPage');
const ErasuresPage = lazily(() => import('./keeping/ErasuresPage.tsx'), 'ErasuresPage');
const PullsPage = lazily(() => import('./pulls/PullsPage.tsx'), 'PullsPage');
const PullPage = lazily(() => import('./pulls/PullPage.tsx'), 'PullPage');
const CodeListsPage = lazily(() => import('./registry/CodeListsPage.tsx'), 'CodeListsPage');
const CodeListPage = lazily(() => import('./registry/Uses.tsx'), 'CodeListPage');
const ElementPage = lazily(() => import('./registry/Uses.tsx'), 'ElementPage');
const SourcesPage = lazily(() => import('./registry/SourcesPage.tsx'), 'SourcesPage');
const RemindersPage = lazily(() => import('./reminders/RemindersPage.tsx'), 'RemindersPage');
const MattersPage = lazily(() => import('./cases/MattersPage.tsx'), 'MattersPage');
const MatterPage = lazily(() => import('./cases/MatterPage.tsx'), 'MatterPage');
const PaperConsentPage = lazily(() => import('./cases/PaperConsentPage.tsx'), 'PaperConsentPage');
const CaseListPage = lazily(() => import('./casework/CaseListPage.tsx'), 'CaseListPage');
const CasePage = lazily(() => import('./casework/CasePage.tsx'), 'CasePage');
const ChangeoverPage = lazily(() => import('./registry/changeover/ChangeoverPage.tsx'), 'ChangeoverPage');
const OpenEventsPage = lazily(() => import('./events/OpenEventsPage.tsx'), 'OpenEventsPage');
const OpenEventPage = lazily(() => import('./events/OpenEventPage.tsx'), 'OpenEventPage');
const TopicsPage = lazily(() => import('./events/TopicsPage.tsx'), 'TopicsPage');
const SubscriptionPage = lazily(() => import('./events/SubscriptionPage.tsx'), 'SubscriptionPage');
const PlansPage = lazily(() => import('./events/PlansPage.tsx'), 'PlansPage');
const PlanPage = lazily(() => import('./events/PlanPage.tsx'), 'PlanPage');
const FiguresPage = lazily(() => import('./figures/FiguresPage.tsx'), 'FiguresPage');
const RowsPage = lazily(() => import('./rows/RowsPage.tsx'), 'RowsPage');
const AlteredPage = lazily(() => import('./officer/AlteredPage.tsx'), 'AlteredPage');
const AlteredRowPage = lazily(() => import('./officer/AlteredPage.tsx'), 'AlteredRowPage');
const ViewsPage = lazily(() => import('./officer/ViewsPage.tsx'), 'ViewsPage');
const PolicyPage = lazily(() => import('./registry/PolicyPage.tsx'), 'PolicyPage');

// this page loads the log's verification: only persons who open it load that code
const AuditPage = lazily(() => import('./pages/AuditPage.tsx'), 'AuditPage');

const EntryPage = lazily(() => import('./officer/EntryPage.tsx'), 'EntryPage');
const EvidencePage = lazily(() => import('./officer/EvidencePage.tsx'), 'EvidencePage');
const EvidenceOnePage = lazily(() => import('./officer/EvidenceOnePage.tsx'), 'EvidenceOnePage');
const ReadsPage = lazily(() => import('./officer/ReadsPage.tsx'), 'ReadsPage');
const RisksPage = lazily(() => import('./officer/RisksPage.tsx'), 'RisksPage');
const RiskPage = lazily(() => import('./officer/RiskPage.tsx'), 'RiskPage');
const IncidentPage = lazily(() => import('./officer/IncidentPage.tsx'), 'IncidentPage');
const CounterPage = lazily(() => import('./officer/CounterPage.tsx'), 'CounterPage');
const DelaysPage = lazily(() => import('./officer/DelaysPage.tsx'), 'DelaysPage');
const DutiesPage = lazily(() => import('./officer/DutiesPage.tsx'), 'DutiesPage');
const SendPage = lazily(() => import('./pages/SendPage.tsx'), 'SendPage');
const HeldPage = lazily(() => import('./pages/HeldPage.tsx'), 'HeldPage');

const BoardPage = lazily(() => import('./board/BoardPage.tsx'), 'BoardPage');
const BoardRowsPage = lazily(() => import('./board/BoardRowsPage.tsx'), 'BoardRowsPage');

interface Entry {
  /** group in the menu; absent: reached only from another page */
  readonly group?: MenuGroup;
  readonly page: keyof Words;
  readonly shown: ComponentType;
  /** of one thing on the page */
  readonly detail?: ComponentType;
  /** the page whose place in the menu it shares */
  readonly under?: keyof Words;
  /** roles that see it in the menu; absent: all */
  readonly roles?: readonly Role[];
  /** true where only the data office's holders of those roles see it */
  readonly office?: true;
}

const entries: readonly Entry[] = [
  { group: 'mine', page: 'inbox', shown: InboxPage },
  { group: 'mine', page: 'board', shown: BoardPage, detail: BoardRowsPage, roles: [...readers, 'leader'] },
  { group: 'mine', page: 'reminders', shown: RemindersPage },
  { group: 'mine', page: 'sessions', shown: SessionsPage },
  { group: 'share', page: 'catalogue', shown: CataloguePage, detail: CatalogueEntryPage },
  { group: 'share', page: 'datasets', shown: DatasetsPage, detail: DatasetPage, under: 'catalogue' },
  { group: 'share', page: 'requests', shown: RequestsPage, detail: RequestPage, roles: readers },
  { group: 'share', page: 'templates', shown: TemplatesPage, detail: TemplatePage, roles: readers },
  { group: 'share', page: 'demands', shown: DemandsPage, detail: DemandPage, roles: readers },
  { group: 'share', page: 'agreements', shown: AgreementsPage, detail: AgreementPage, roles: readers },
  { group: 'share', page: 'policy', shown: PolicyPage, roles: readers },
  { group: 'share', page: 'matters', shown: MattersPage, detail: MatterPage },
  { group: 'data', page: 'schemas', shown: SchemasPage, detail: SchemaPage },
  { group: 'data', page: 'codes', shown: CodeListsPage, detail: CodeListPage },
  { group: 'data', page: 'sources', shown: SourcesPage, detail: ElementPage },
  { group: 'data', page: 'send', shown: SendPage, roles: ['clerk', 'steward'] },
  { group: 'data', page: 'batches', shown: BatchesPage, roles: batchReaders },
  { group: 'data', page: 'pulls', shown: PullsPage, detail: PullPage, roles: batchReaders },
  { group: 'linked', page: 'openevents', shown: OpenEventsPage, detail: OpenEventPage },
  { group: 'linked', page: 'topics', shown: TopicsPage, detail: SubscriptionPage },
  { group: 'linked', page: 'plans', shown: PlansPage, detail: PlanPage },
  { group: 'cases', page: 'work', shown: CaseListPage, detail: CasePage, roles: ['clerk', 'steward'] },
  { group: 'cases', page: 'tickets', shown: TicketsPage, detail: TicketPage, roles: readers },
  { group: 'cases', page: 'disputes', shown: DisputesPage, detail: DisputePage, roles: readers },
  { group: 'cases', page: 'counter', shown: CounterPage, roles: ['clerk', 'steward'] },
  { group: 'cases', page: 'papers', shown: PaperConsentPage, roles: ['steward'] },
  { group: 'cases', page: 'delays', shown: DelaysPage, roles: ['steward', 'security', 'auditor'] },
  { group: 'cases', page: 'duties', shown: DutiesPage, roles: readers },
  { group: 'watch', page: 'exchanges', shown: ExchangesPage, roles: ['auditor'] },
  { group: 'watch', page: 'audit', shown: AuditPage, detail: EntryPage },
  {
    group: 'watch',
    page: 'evidence',
    shown: EvidencePage,
    detail: EvidenceOnePage,
    roles: ['auditor', 'security'],
  },
  { group: 'watch', page: 'risks', shown: RisksPage, detail: RiskPage, roles: ['auditor', 'security'] },
  {
    group: 'watch',
    page: 'altered',
    shown: AlteredPage,
    detail: AlteredRowPage,
    roles: ['steward', 'security', 'auditor'],
    office: true,
  },
  { group: 'watch', page: 'reads', shown: ReadsPage, roles: ['security', 'auditor'] },
  { group: 'watch', page: 'views', shown: ViewsPage, roles: ['security', 'auditor'] },
  { group: 'watch', page: 'hubFigures', shown: FiguresPage, roles: ['operator'] },
  { group: 'watch', page: 'incidents', shown: IncidentPage, roles: ['auditor', 'security'] },
  { group: 'keep', page: 'holds', shown: HoldsPage, roles: ['steward', 'security', 'auditor'], office: true },
  {
    group: 'keep',
    page: 'retention',
    shown: RetentionPage,
    detail: DestroyedPage,
    roles: ['steward', 'security', 'auditor'],
    office: true,
  },
  { group: 'keep', page: 'erasures', shown: ErasuresPage, roles: ['steward', 'security'], office: true },
  { group: 'house', page: 'departments', shown: DepartmentsPage, detail: DepartmentPage, roles: readers },
  { group: 'house', page: 'persons', shown: PersonsPage, roles: readers },
  { page: 'proposals', shown: InboxPage, detail: ProposalPage, roles: readers },
  { page: 'changeovers', shown: DatasetsPage, detail: ChangeoverPage, roles: readers },
  { page: 'bykey', shown: DatasetsPage, detail: RowsPage, roles: ['steward', 'clerk'] },
  { page: 'held', shown: BatchesPage, detail: HeldPage, under: 'batches', roles: batchReaders },
];

export function Shell(): ReactNode {
  const { page, what } = useRoute();
  const { turn } = useSession();
  const settling = useMemo(newSettling, [page, what.join('/')]);
  const titles = useMemo(() => new DatasetTitles(), [turn]);
  return (
    <SettlingContext value={settling}>
      <DatasetTitlesContext value={titles}>
        <DepartmentNames>
          <Frame />
        </DepartmentNames>
      </DatasetTitlesContext>
    </SettlingContext>
  );
}

/** Rendered after a page, and so only where the page is. */
function Begun(): null {
  const settling = useContext(SettlingContext);
  useEffect(() => settling?.begun(), [settling]);
  return null;
}
const always = {
  settled: () => true,
  missing: () => 0,
  askAgain: () => undefined,
  subscribe: () => () => undefined,
};

/** Prevents the browser from opening a file that was dropped outside the drop area: it would replace the page and lose its input. */
function keepPageUnderFiles(): () => void {
  const stay = (event: DragEvent): void => {
    if (event.defaultPrevented || event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'none';
  };
  window.addEventListener('dragover', stay);
  window.addEventListener('drop', stay);
  return () => {
    window.removeEventListener('dragover', stay);
    window.removeEventListener('drop', stay);
  };
}

/** The page of the menu to which an entry belongs. */
const menuPage = ({ under, page }: Entry): Entry['page'] => under ?? page;

function Frame(): ReactNode {
  const { say } = useWords();
  const { session } = useSession();
  const route = useRoute();
  const { subscribe, settled, missing, askAgain } = useContext(SettlingContext) ?? always;
  const isSettled = useSyncExternalStore(subscribe, settled);
  const missed = useSyncExternalStore(subscribe, missing);
  const mayOpen = ({ roles, office }: Entry): boolean =>
    roles === undefined || (office === true ? hasOffice : hasRole)(session, roles);
  useEffect(keepPageUnderFiles, []);
  const known = entries.find(({ page }) => page === route.page);
  const [home] = entries;
  const entry = known ?? home;
  const openCount = useReadCount(route.page);
  if (entry === undefined) return null;
  const isUnknown = known === undefined && route.page !== '';
  const Shown = route.what.length > 0 && entry.detail !== undefined ? entry.detail : entry.shown;
  return (
    <OpenCountContext value={openCount}>
      <UndoBar>
        <div className="shell">
          <a className="skip" href="#content">
            {say('skip')}
          </a>
          <TopBar>
            {isSettled ? null : <span className="loads">{say('loading')}</span>}
            {missed === 0 ? null : (
              <>
                {say('stillMissing', { count: missed })}{' '}
                <Button size="small" onClick={askAgain}>
                  {say('retry')}
                </Button>
              </>
            )}
          </TopBar>
          {session.way === 'demo' ? (
            <p className="demo-banner" role="note">
              {say('demoBanner')}
            </p>
          ) : null}
          <Menu
            entries={entries.filter((one) => one.under === undefined && mayOpen(one))}
            current={isUnknown ? undefined : menuPage(entry)}
          />
          <main
            id="content"
            tabIndex={-1}
            aria-busy={!isSettled}
            className={isSettled ? undefined : 'settling'}
          >
            <OfflineNote />
            {isUnknown ? (
              <>
                <NotFound />
                <Begun />
              </>
            ) : mayOpen(entry) ? (
              <Faulty key={`faulty ${entry.page}/${route.what.join('/')}`} after={<Begun />}>
                <Suspense fallback={null}>
                  <Shown key={`${entry.page}/${route.what.join('/')}`} />
                  <Begun key={`begun ${entry.page}/${route.what.join('/')}`} />
                </Suspense>
              </Faulty>
            ) : (
              <Page title={say('notYours')}>
                <p>
                  {say('notYoursText', {
                    roles: (entry.roles ?? []).map((role) => say(`r_${role}`)).join(say('pointList')),
                  })}
                </p>
                <Begun />
              </Page>
            )}
          </main>
        </div>
      </UndoBar>
    </OpenCountContext>
  );
}
