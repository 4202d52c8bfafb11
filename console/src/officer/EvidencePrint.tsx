import { Fragment, type ReactNode } from 'react';
import { cannotProve, extentText, proves, questions } from '../../../log/pack/claims.ts';
import { actorText, actText, deliveredFields, departmentOf, outcomeOf } from '../../../log/story.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { useWords } from '../words/words.ts';
import { datasetsIn, questionParts } from './questionWords.ts';
import type { ReadEvidence } from './readEvidence.ts';
import { useStoryNames } from './useStoryNames.ts';

const entriesPerPage = 12;
const headings = [
  'entry',
  'when',
  'department',
  'official',
  'matter',
  'evidenceAct',
  'dataset',
  'basis',
  'whichFields',
  'decision',
] as const;

/** The print form. Each page has its number and the digest of the evidence. Only evidence.json is authoritative. */
export function EvidencePrint({ evidence }: { readonly evidence: ReadEvidence }): ReactNode {
  const words = useWords();
  const { say, pick, whenToSecond } = words;
  const { file, digest } = evidence;
  const chosen = new Set(file.chosen);
  const attempts = new Set(file.attempts);
  const entries = evidence.entries.filter(({ index }) => chosen.has(index));
  const names = useStoryNames(entries, { datasets: datasetsIn(file.question) });
  const titles = agreementTitles(evidence);
  const pageCount = Math.max(1, Math.ceil(entries.length / entriesPerPage));
  const entryPages = Array.from({ length: pageCount }, (_, at) =>
    entries.slice(at * entriesPerPage, (at + 1) * entriesPerPage),
  );
  const person = (id: string | undefined, name: string | undefined): string =>
    name === undefined ? (id ?? '–') : `${name}${say('pointOpen')}${id ?? ''}${say('pointClose')}`;
  const basisText = (agreement: string | undefined): string => {
    if (agreement === undefined) return '–';
    const title = pick(titles.get(agreement));
    return title === '' ? agreement : `${title}${say('pointOpen')}${agreement}${say('pointClose')}`;
  };
  const facts: readonly (readonly [string, ReactNode])[] = [
    [say('evidenceNumber'), file.id],
    [say('askCase'), file.case],
    [say('askReason'), file.reason],
    [
      say('evidenceQuestion'),
      questionParts(file.question, words, names).map(({ label, text, code }, at) => (
        <Fragment key={label}>
          {at === 0 ? '' : say('pointSemicolon')}
          {label}
          {say('pointColon')}
          <Named name={text} code={code} />
        </Fragment>
      )),
    ],
    [
      say('evidenceBy'),
      `${person(file.askedBy, file.askedByName)} / ${person(file.answeredBy, file.answeredByName)}`,
    ],
    [say('askedAt'), whenToSecond(file.askedAt)],
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
                  <td>{whenToSecond(leaf.at)}</td>
                  <td>
                    <Named name={pick(actorText(leaf, names))} code={departmentOf(leaf)} />
                  </td>
                  <td>{leaf.onBehalfOf ?? '–'}</td>
                  <td>{leaf.matter ?? '–'}</td>
                  <td>{pick(actText(leaf, names))}</td>
                  <td>
                    {leaf.dataset === undefined ? (
                      '–'
                    ) : (
                      <Named
                        name={names.nameOf('dataset', leaf.dataset) ?? leaf.dataset}
                        code={leaf.dataset}
                      />
                    )}
                  </td>
                  <td>{basisText(leaf.agreement)}</td>
                  <td>{pick(deliveredFields(leaf, names)) || '–'}</td>
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

/** Titles of the agreements whose texts are enclosed, by `id@version` and by id. */
function agreementTitles({ file }: ReadEvidence): ReadonlyMap<string, Bilingual> {
  const found = new Map<string, Bilingual>();
  for (const text of Object.values(file.documents)) {
    const { id, version, title } = headIn(text);
    if (id === undefined || title === undefined) continue;
    found.set(id, title);
    found.set(`${id}@${version ?? ''}`, title);
  }
  return found;
}

/** Empty for a text that is no document: the check of the evidence reports it. */
function headIn(text: string): AgreementHead {
  try {
    return (JSON.parse(text) as AgreementHead | null) ?? {};
  } catch {
    return {};
  }
}

interface AgreementHead {
  readonly id?: string;
  readonly version?: number;
  readonly title?: Bilingual;
}

/** A name with the id that the evidence has for it, small: names are of today, and only the id is proven. */
const Named = ({ name, code }: { readonly name: string; readonly code: string | undefined }): ReactNode => (
  <>
    {name}
    {code === undefined || code === name ? null : (
      <>
        {' '}
        <small className="named-id">{code}</small>
      </>
    )}
  </>
);

const Table = ({ rows }: { readonly rows: readonly (readonly [string, ReactNode])[] }): ReactNode => (
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
