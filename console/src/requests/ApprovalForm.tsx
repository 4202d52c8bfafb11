import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { useWords } from '../words/words.ts';
import { actWord, Said } from './History.tsx';
import { Sentence } from './Sentence.tsx';
import { wantedIn } from './wanted.ts';

/** 审批表: the request as an office prints, seals and files it. It is seen on paper alone. */
export function ApprovalForm({
  view,
  purposeName,
}: {
  readonly view: Schemas['RequestView'];
  readonly purposeName: (code: string) => string;
}): ReactNode {
  const { say, pick, when } = useWords();
  const { name } = useDepartments();
  const { grants } = wantedIn(view.document);
  const place = { consumer: name(view.consumer), provider: name(view.provider), office: say('office') };
  const rows: readonly (readonly [string, ReactNode])[] = [
    [say('rqNumber'), `${view.id} · ${view.agreement}`],
    [say('rqWhat'), <Sentence key="sentence" view={view} purposeName={purposeName} />],
    ...grants.map(
      ({ dataset, fields }) =>
        [
          dataset,
          Object.entries(fields)
            .map(([field, { mask }]) => `${field}：${mask === 'clear' ? say('rqGives') : mask}`)
            .join('；'),
        ] as const,
    ),
    [say('rqReason'), view.papers.reason],
    [say('rqVolume'), view.papers.volume ?? '—'],
    [say('rqCommitmentDigest'), view.papers.commitment],
    ...view.events.map(
      (event) =>
        [
          actWord(event.act, say),
          <div key={event.seq}>
            <Said of={event} />
            <div>
              {event.name ?? event.person}　{when(event.at)}
            </div>
          </div>,
        ] as const,
    ),
    ...view.stages.map(
      (stage) =>
        [
          `${pick(stage.title)}${say('rqSign')}`,
          <div key={stage.code} className="seal">
            {place[stage.by]}
          </div>,
        ] as const,
    ),
  ];
  return (
    <section className="print-only">
      <h2>{say('rqForm')}</h2>
      <table className="approval-form">
        <tbody>
          {rows.map(([title, value], at) => (
            <tr key={at}>
              <th scope="row">{title}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
