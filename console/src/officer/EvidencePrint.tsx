import type { ReactNode } from 'react';
import { cannotProve, extentText, proves, questions, questionText } from '../../../log/pack/claims.ts';
import { fieldsText, outcomeOf, timeText, whoOf } from '../../../log/story.ts';
import { useWords } from '../words/words.ts';
import type { ReadEvidence } from './readEvidence.ts';

const entriesPerPage = 12;
const headings = [
  'entry',
  'when',
  'department',
  'official',
  'matter',
  'dataset',
  'basis',
  'whichFields',
  'decision',
] as const;

/** The print form. Each page has its number and the digest of the evidence. Only evidence.json is authoritative. */
export function EvidencePrint({ evidence }: { readonly evidence: ReadEvidence }): ReactNode {
  const { say, pick } = useWords();
  const { file, digest } = evidence;
  const chosen = new Set(file.chosen);
  const attempts = new Set(file.attempts);
  const entries = evidence.entries.filter(({ index }) => chosen.has(index));
  const pageCount = Math.max(1, Math.ceil(entries.length / entriesPerPage));
  const entryPages = Array.from({ length: pageCount }, (_, at) =>
    entries.slice(at * entriesPerPage, (at + 1) * entriesPerPage),
  );
  const facts: readonly (readonly [string, string])[] = [
    [say('evidenceNumber'), file.id],
    [say('askCase'), file.case],
    [say('askReason'), file.reason],
    [say('evidenceQuestion'), pick(questionText({ file }))],
    [say('evidenceBy'), `${file.askedBy} / ${file.answeredBy ?? '–'}`],
    [say('askedAt'), timeText(file.askedAt)],
    [say('evidenceExtent'), pick(extentText(evidence))],
    [say('evidenceDecisions'), say('evidenceDecisionsCli')],
  ];
  const pages: ReactNode[] = [
    <>
      <h2>{say('evidenceTitle')}</h2>
      <Table rows={facts} />
    </>,
    <>
      <h3>{say('evidenceProves')}</h3>
      <ol>
        {proves.map((text) => (
          <li key={text.en}>{pick(text)}</li>
        ))}
      </ol>
      <h3>{say('evidenceNot')}</h3>
      <ol>
        {cannotProve.map((text) => (
          <li key={text.en}>{pick(text)}</li>
        ))}
      </ol>
      <h3>{say('evidenceAsked')}</h3>
      <Table rows={questions.map(([question, answer]) => [pick(question), pick(answer)] as const)} />
    </>,
    ...entryPages.map((rows) => (
      <>
        <h3>{say('evidenceEntries')}</h3>
        <div className="sheet-table" tabIndex={0} role="region" aria-label={say('evidenceEntries')}>
          <table>
            <thead>
              <tr>
                {headings.map((word) => (
                  <th key={word} scope="col">
                    {say(word)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ index, leaf }) => (
                <tr key={index}>
                  <td>{index}</td>
                  <td className="line">{timeText(leaf.at)}</td>
                  <td>{whoOf(leaf) ?? '–'}</td>
                  <td>{leaf.onBehalfOf ?? '–'}</td>
                  <td>{leaf.matter ?? '–'}</td>
                  <td>{leaf.dataset ?? leaf.operation}</td>
                  <td>{leaf.agreement ?? '–'}</td>
                  <td>{fieldsText(leaf) || '–'}</td>
                  <td>
                    {attempts.has(index) ? `${say('attempt')}${say('pointSemicolon')}` : ''}
                    {pick(outcomeOf(leaf))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </>
    )),
    <>
      <h3>{say('logHead')}</h3>
      <pre>{file.cosigned}</pre>
      <h3>{say('evidenceEnclosed')}</h3>
      <pre>
        {[
          ...new Set(file.sets.flatMap(({ lines }) => lines)),
          ...Object.keys(file.schemas),
          ...Object.keys(file.notices),
        ].join('\n') || say('none')}
      </pre>
    </>,
  ];
  return (
    <div className="paper">
      {pages.map((page, at) => (
        <section className="sheet" key={at}>
          {page}
          <footer>
            <span>SHA-256 {digest}</span>
            <span>
              {at + 1} / {pages.length}
            </span>
          </footer>
        </section>
      ))}
    </div>
  );
}

const Table = ({ rows }: { readonly rows: readonly (readonly [string, string])[] }): ReactNode => (
  <table>
    <tbody>
      {rows.map(([name, value]) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <td>{value}</td>
        </tr>
      ))}
    </tbody>
  </table>
);
