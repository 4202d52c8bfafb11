import { useId, useState, type ReactNode } from 'react';
import type { Schemas } from './ask.ts';
import { storeClaim, storedClaim } from './claims.ts';
import { Objection } from './Objection.tsx';
import { useTexts } from './reader.ts';
import { filled, type Language } from './texts.ts';
import { day, named, when } from './written.ts';

const wishes = ['correction', 'copy', 'deletion'] as const;
const wishOf = (text: string): (typeof wishes)[number] => wishes.find((one) => one === text) ?? 'correction';

/** Objections and requests of the person with their results. The person can report a wrong or missing record here, or ask for it. */
export function Objections(props: {
  readonly of: Schemas['OwnTicketList'];
  readonly language: Language;
  /** reads the next page; undefined: there is none */
  readonly more: (() => void) | undefined;
  readonly done: (sentence: string) => void;
  readonly failed: (why: unknown) => void;
}): ReactNode {
  const { of, language, more, done, failed } = props;
  const [dataset, setDataset] = useState(() => storedClaim('dataset'));
  const [wish, setWish] = useState(() => wishOf(storedClaim('wish')));
  const place = useId();
  const wishPlace = useId();
  const text = useTexts(language);
  const picked = of.datasets.find(({ code }) => code === dataset);
  return (
    <section aria-labelledby="objections">
      <h2 id="objections">{text.objections}</h2>
      {of.tickets.length === 0 ? <p>{text.objectionsNone}</p> : null}
      <ul className="cards">
        {of.tickets.map((one) => (
          <li key={one.id}>
            <h3>
              {named(one.dataset, language)} <span className="outcome">{text[`t_${one.state}`]}</span>
            </h3>
            {one.wish === undefined ? null : <p>{text[`w_${one.wish}`]}</p>}
            <p>{one.claim}</p>
            <p className="small">
              {one.id} · {when(one.opened, language)}
            </p>
            <p className="small">
              {one.state === 'open'
                ? filled(text.objectDue, {
                    provider: named(one.provider, language),
                    day: day(one.due, language),
                  })
                : `${named(one.provider, language)} · ${one.answered === undefined ? '' : when(one.answered, language)}`}
            </p>
            {one.reason === undefined ? null : <p>{one.reason}</p>}
          </li>
        ))}
      </ul>
      {more === undefined ? null : (
        <button type="button" onClick={more}>
          {text.moreObjections}
        </button>
      )}
      <p>
        <label htmlFor={place}>{text.objectWhat}</label>
        <select
          id={place}
          value={dataset}
          onChange={({ target }) => {
            storeClaim('dataset', target.value);
            setDataset(target.value);
          }}
        >
          <option value="">{text.objectPick}</option>
          {of.datasets.map((one) => (
            <option key={one.code} value={one.code}>
              {named(one, language)}
            </option>
          ))}
        </select>
      </p>
      {picked === undefined ? null : (
        <>
          <p>
            <label htmlFor={wishPlace}>{text.wish}</label>
            <select
              id={wishPlace}
              value={wish}
              onChange={({ target }) => {
                storeClaim('wish', target.value);
                setWish(wishOf(target.value));
              }}
            >
              {wishes.map((one) => (
                <option key={one} value={one}>
                  {text[`w_${one}`]}
                </option>
              ))}
            </select>
          </p>
          <Objection
            key={`${picked.code} ${wish}`}
            about={named(picked, language)}
            of={{ dataset: picked.code, ...(wish === 'correction' ? {} : { wish }) }}
            language={language}
            done={done}
            failed={failed}
          />
        </>
      )}
    </section>
  );
}
