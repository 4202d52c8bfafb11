import { Button } from 'antd';
import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer, type Answered } from '../api/useAnswer.ts';
import { Bar } from '../parts/Bar.tsx';
import { Facts } from '../parts/Facts.tsx';
import { List } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { useSession } from '../session.ts';
import { useWords, type Spoken } from '../words/words.ts';

type Figures = Schemas['Figures'];

/** What an operator without a monitoring system needs to see. It is requested again by the button only: a poll would hold the session open. */
export function FiguresPage(): ReactNode {
  const { say, when, number } = useWords();
  const { turn } = useSession();
  const answer = useAnswer(`figures ${turn}`, () => get('/v1/figures', {}));
  const { value: figures } = answer;
  return (
    <Page
      title={say('hubFigures')}
      lead={say('hubFiguresLead')}
      error={answer.error}
      cli="npx datong hub figures --as operator"
      actions={
        <Button onClick={answer.again} loading={answer.loading}>
          {say('hfRefresh')}
        </Button>
      }
    >
      {figures === undefined ? null : (
        <>
          <p className="muted">
            {say('hfProcess', {
              since: when(figures.process.since),
              memory: sizeText(figures.process.memoryBytes, number),
              loop: number(figures.process.eventLoopMs),
            })}
            <br />
            {say('hfAt', { at: when(figures.at) })}
          </p>
          <Calls of={figures.calls} answer={answer} />
          <div className="halves">
            <Waiting of={figures.waiting} />
            <Log of={figures} />
            <Database of={figures.database} />
            <Disk of={figures.growth} />
          </div>
          <Certificates of={figures.certificates} />
          <Jobs of={figures.jobs} answer={answer} />
        </>
      )}
    </Page>
  );
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Bytes in the largest unit that leaves at least 1: `3.4 GB`. */
function sizeText(bytes: number, number: Spoken['number']): string {
  const step = Math.min(
    units.length - 1,
    Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(bytes))) / 3)),
  );
  return `${number(Math.round((bytes / 1000 ** step) * 10) / 10)} ${units[step] ?? ''}`;
}

/** A figure that could not be read is shown as such, and not as 0. */
function useFigure(): (value: number | undefined) => string {
  const { say, number } = useWords();
  return (value) => (value === undefined ? say('hfUnread') : number(value));
}

function Calls(props: { readonly of: Figures['calls']; readonly answer: Answered<unknown> }): ReactNode {
  const { seconds, byOperation, early } = props.of;
  const { say, number } = useWords();
  const title = say('hfCalls', { minutes: number(Math.max(1, Math.round(seconds / 60))) });
  return (
    <section className="card">
      <h2>{title}</h2>
      <List
        label={title}
        answer={props.answer}
        rows={byOperation}
        keyOf={({ operation }) => operation}
        empty={say('hfNoCalls')}
        columns={[
          { title: say('hfOperation'), render: (_, one) => one.operation },
          { title: say('hfAnswered'), align: 'right', render: (_, one) => number(one.answered) },
          { title: say('hfRefused'), align: 'right', render: (_, one) => number(one.refused) },
          {
            title: say('hfFailed'),
            align: 'right',
            render: (_, one) =>
              one.failed === 0 ? number(0) : <strong className="state bad">{number(one.failed)}</strong>,
          },
          ...(['p50', 'p95', 'p99'] as const).map((share) => ({
            title: say('hfMs', { share }),
            align: 'right' as const,
            render: (_: unknown, one: Figures['calls']['byOperation'][number]) => number(one[`${share}Ms`]),
          })),
        ]}
      />
      {early.length === 0 ? null : (
        <>
          <h3>{say('hfEarly')}</h3>
          <Facts of={early.map(({ reason, count }) => [reason, number(count)])} />
        </>
      )}
    </section>
  );
}

function Waiting({ of: { appends, statements, reminders } }: { readonly of: Figures['waiting'] }): ReactNode {
  const { say } = useWords();
  const figure = useFigure();
  return (
    <section className="card">
      <h2>{say('hfWaiting')}</h2>
      <Facts
        of={[
          [say('hfAppends'), figure(appends)],
          [say('hfStatements'), figure(statements)],
          [say('hfReminders'), figure(reminders)],
        ]}
      />
    </section>
  );
}

function Log({ of: { log, growth } }: { readonly of: Pick<Figures, 'log' | 'growth'> }): ReactNode {
  const { say, number } = useWords();
  const figure = useFigure();
  return (
    <section className="card">
      <h2>{say('hfLog')}</h2>
      <Facts
        of={[
          [say('hfEntries'), figure(log.entries)],
          [
            say('hfPerDay'),
            growth.entriesPerDay === undefined ? say('hfNotYet') : number(growth.entriesPerDay),
          ],
          [say('hfWithoutIndex'), figure(log.withoutIndex)],
          [say('hfWithoutTiles'), figure(log.withoutTiles)],
          // absent before its first run
          [
            say('hfWithoutVerification'),
            log.withoutVerification === undefined ? undefined : number(log.withoutVerification),
          ],
        ]}
      />
    </section>
  );
}

function Database({ of }: { readonly of: Figures['database'] }): ReactNode {
  const { say, number } = useWords();
  const { version, bytes, connections, maxConnections, oldestTransactionSeconds, deadlocks, cacheShare } = of;
  return (
    <section className="card">
      <h2>{say('hfDatabase')}</h2>
      <Facts
        of={[
          [say('hfVersion'), `PostgreSQL ${version}`],
          [say('hfSize'), sizeText(bytes, number)],
          [
            say('hfConnections'),
            <Bar
              key="connections"
              share={connections / maxConnections}
              text={say('hfOfMax', { n: number(connections), max: number(maxConnections) })}
            />,
          ],
          [say('hfOldest'), say('hfLateSeconds', { n: number(oldestTransactionSeconds) })],
          [say('hfDeadlocks'), number(deadlocks)],
          [
            say('hfCache'),
            cacheShare === undefined ? undefined : `${number(Math.round(cacheShare * 1_000) / 10)} %`,
          ],
        ]}
      />
    </section>
  );
}

function Disk({
  of: { since, bytesPerDay, freeBytes, daysLeft },
}: {
  readonly of: Figures['growth'];
}): ReactNode {
  const { say, number, when } = useWords();
  const forecast = (): string | undefined => {
    if (daysLeft !== undefined) return say('hfDays', { n: number(daysLeft) });
    return bytesPerDay !== undefined && bytesPerDay <= 0 ? say('hfShrinks') : undefined;
  };
  return (
    <section className="card">
      <h2>{say('hfDisk')}</h2>
      <Facts
        of={[
          [say('hfFree'), freeBytes === undefined ? say('hfNotSeen') : sizeText(freeBytes, number)],
          [
            say('hfGrowth'),
            bytesPerDay === undefined
              ? say('hfNotYet')
              : `${sizeText(bytesPerDay, number)}${say('pointOpen')}${say('hfSince', { since: when(since) })}${say('pointClose')}`,
          ],
          [say('hfFull'), forecast()],
        ]}
      />
    </section>
  );
}

function Certificates({
  of: { ends, departmentsEnding },
}: {
  readonly of: Figures['certificates'];
}): ReactNode {
  const { say, when, number } = useWords();
  return (
    <section className="card">
      <h2>{say('hfCertificates')}</h2>
      <Facts
        of={[
          ...ends.map(({ what, until }) => [say(`hf_${what}`), when(until)] as const),
          [say('hfDepartments'), number(departmentsEnding)],
        ]}
      />
    </section>
  );
}

function Jobs(props: { readonly of: Figures['jobs']; readonly answer: Answered<unknown> }): ReactNode {
  const { say, when, number } = useWords();
  return (
    <section className="card">
      <h2>{say('hfJobs')}</h2>
      <List
        label={say('hfJobs')}
        answer={props.answer}
        rows={[...props.of].sort((one, other) => other.lateSeconds - one.lateSeconds)}
        keyOf={({ name }) => name}
        empty={say('hfNoJobs')}
        columns={[
          { title: say('hfJob'), render: (_, one) => one.name },
          {
            title: say('hfOutcome'),
            render: (_, { running, outcome }) =>
              running ? (
                say('hfRunning')
              ) : outcome === undefined ? (
                say('hfNever')
              ) : (
                <span className={outcome === 'ok' ? 'state good' : 'state bad'}>{outcome}</span>
              ),
          },
          {
            title: say('hfLate'),
            align: 'right',
            render: (_, { lateSeconds }) => say('hfLateSeconds', { n: number(lateSeconds) }),
          },
          { title: say('hfSucceeded'), render: (_, { succeededAt }) => when(succeededAt) },
        ]}
      />
    </section>
  );
}
