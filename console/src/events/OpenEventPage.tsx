import { Alert, Button, Table } from 'antd';
import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { getFile, getTimed } from '../api/call.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Facts } from '../parts/Facts.tsx';
import { labelled } from '../parts/labelled.ts';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { Person } from '../parts/Person.tsx';
import { PrintButton } from '../parts/PrintButton.tsx';
import { saveFile } from '../parts/saveFile.ts';
import { useAct, type Act } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { WithDatasets } from '../parts/WithDatasets.tsx';
import { usePurposes } from '../requests/usePurposes.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasRoleFor, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { HubClock } from './HubClock.tsx';
import { OpenEventActs } from './OpenEventActs.tsx';
import { Figures } from './OpenEventsPage.tsx';
import { OwedSteps, type OpenEvent } from './OwedSteps.tsx';
import { useLive } from './useLive.ts';

/** One event: who received it, who acknowledged it, who is late, to whom that was escalated, and its archive. */
export function OpenEventPage(): ReactNode {
  const { say, pick } = useWords();
  const { turn } = useSession();
  const { what } = useRoute();
  const [event = ''] = what;
  const answer = useLive(
    `open event ${event} ${turn}`,
    () => getTimed('/v1/open-events/{event}', { at: { event } }),
    event,
  );
  const doing = useAct();
  const { answer: view, clockAhead = 0 } = answer.value ?? {};
  return (
    <Page
      title={view === undefined ? say('openevents') : pick(view.title)}
      error={doing.error ?? answer.error}
      cli={asCall('GET /v1/open-events/{event}', { at: { event } })}
      actions={
        <>
          <Link to={addressOf('openevents')}>{say('back')}</Link>
          <PrintButton />
        </>
      }
    >
      {view === undefined ? null : (
        <HubClock ahead={clockAhead}>
          <EventFacts view={view} />
          <OpenEventActs view={view} doing={doing} done={answer.again} />
          <section className="card">
            <h2>{say('oeSteps')}</h2>
            <OwedSteps event={view} />
          </section>
          <Escalations view={view} />
          <Receipts view={view} />
          <Deliveries view={view} />
          <Archive view={view} doing={doing} />
        </HubClock>
      )}
    </Page>
  );
}

interface Viewed {
  readonly view: OpenEvent;
}

function EventFacts({ view }: Viewed): ReactNode {
  const { say, when } = useWords();
  const { name } = useDepartments();
  const purposes = usePurposes();
  return (
    <section className="card">
      <Figures event={view} />
      <Facts
        of={[
          [
            say('state'),
            <span key="state" className="state">
              {say(`oeState_${view.state}`)}
            </span>,
          ],
          [say('oePublisher'), name(view.department)],
          [say('oePlan'), <code key="plan">{`${view.plan} · ${view.revision}`}</code>],
          [say('oeType'), <WithDatasets key="type" ids={[view.type]} text={(title) => title} />],
          [say('oePurpose'), view.purpose === undefined ? undefined : purposes.name(view.purpose)],
          [say('opened'), when(view.openedAt)],
          [say('oeEnds'), view.closedAt === undefined ? when(view.endsAt) : undefined],
          [say('oeClosed'), view.closedAt === undefined ? undefined : when(view.closedAt)],
          [say('oeCause'), view.cause === undefined ? undefined : say(`oeCause_${view.cause}`)],
          [say('oeClosing'), view.closing === undefined ? undefined : say(`oeClosing_${view.closing.code}`)],
          [say('oeClosingReason'), view.closing?.reason],
          [say('oeId'), <code key="id">{view.event}</code>],
        ]}
      />
    </section>
  );
}

type Escalation = OpenEvent['escalations'][number];

function Escalations({ view }: Viewed): ReactNode {
  const { say, pick, when } = useWords();
  const { name } = useDepartments();
  const titles = new Map(view.steps.map(({ step, title }) => [step, pick(title)]));
  return (
    <section className="card">
      <h2>{say('oeEscalations')}</h2>
      {view.escalations.length === 0 ? (
        <p className="muted">{say('oeEscalationsNone')}</p>
      ) : (
        <Table<Escalation>
          aria-label={say('oeEscalations')}
          size="small"
          pagination={false}
          rowKey={({ step, department, stage }) => `${step} ${department} ${stage}`}
          dataSource={view.escalations}
          columns={labelled<Escalation>([
            { title: say('oeLateDepartment'), render: (_, one) => name(one.department) },
            { title: say('oeStep'), render: (_, one) => titles.get(one.step) ?? one.step },
            {
              title: say('oeNotified'),
              render: (_, { stage, recipient, role }) =>
                say('oeEscalated', { stage, who: name(recipient), role: say(`r_${role}`) }),
            },
            { title: say('when'), render: (_, one) => when(one.at) },
          ])}
        />
      )}
    </section>
  );
}

type Receipt = OpenEvent['acknowledgements'][number];

function Receipts({ view }: Viewed): ReactNode {
  const { say, when } = useWords();
  const { name } = useDepartments();
  return (
    <section className="card">
      <h2>{say('oeReceipts')}</h2>
      {view.acknowledgements.length === 0 ? (
        <p className="muted">{say('oeReceiptsNone')}</p>
      ) : (
        <Table<Receipt>
          aria-label={say('oeReceipts')}
          size="small"
          pagination={false}
          rowKey={({ exchange }) => exchange}
          dataSource={view.acknowledgements}
          columns={labelled<Receipt>([
            { title: say('department'), render: (_, one) => name(one.department) },
            { title: say('oeAcknowledgeTo'), render: (_, one) => say(`gr_${one.grade}`) },
            { title: say('when'), render: (_, one) => when(one.at) },
            {
              title: say('person'),
              render: (_, one) =>
                one.person === undefined ? say('oeByMachine') : <Person id={one.person} name={one.name} />,
            },
          ])}
        />
      )}
    </section>
  );
}

type Delivery = OpenEvent['deliveries'][number];

function Deliveries({ view }: Viewed): ReactNode {
  const { say, when } = useWords();
  const { name } = useDepartments();
  return (
    <section className="card">
      <h2>{say('oeInformed')}</h2>
      {view.deliveries.length === 0 ? (
        <p className="muted">{say('oeInformedNone')}</p>
      ) : (
        <Table<Delivery>
          aria-label={say('oeInformed')}
          size="small"
          pagination={false}
          rowKey={({ exchange, department }) => `${exchange} ${department}`}
          dataSource={view.deliveries}
          columns={labelled<Delivery>([
            { title: say('department'), render: (_, one) => name(one.department) },
            { title: say('when'), render: (_, one) => when(one.at) },
            { title: say('exchangeId'), render: (_, one) => <code>{one.exchange}</code> },
          ])}
        />
      )}
    </section>
  );
}

/** For supervising roles of the publisher and of the data office; the hub decides. */
function Archive({ view, doing }: Viewed & { readonly doing: Act }): ReactNode {
  const { say } = useWords();
  const { session } = useSession();
  if (!hasRoleFor(session, ['steward', 'security', 'auditor'], view.department)) return null;
  const file = `${view.event}.archive.json`;
  return (
    <Alert
      className="no-print"
      type="info"
      title={say('oeArchiveHint')}
      description={
        <>
          <CommandLine label={say('oeVerify')} line={`npx datong audit verify ${file}`} />
          <p>
            <Button
              disabled={doing.sending}
              onClick={() =>
                doing.act(
                  () => getFile('/v1/open-events/{event}/archive', { at: { event: view.event } }),
                  (content) => saveFile(content, file),
                )
              }
            >
              {say('oeArchive')}
            </Button>
          </p>
        </>
      }
    />
  );
}
