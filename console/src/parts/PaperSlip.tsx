import type { ReactNode } from 'react';
import { PrintButton } from './PrintButton.tsx';

/** A paper record of an act that was just done: a heading, rows, places to sign. On the screen it is the button that prints it. */
export function PaperSlip(props: {
  readonly title: string;
  readonly rows: readonly (readonly [string, ReactNode])[];
  readonly note: string;
  /** the signers, each with space for a signature */
  readonly signed: readonly string[];
}): ReactNode {
  const { title, rows, note, signed } = props;
  return (
    <div className="slip">
      <PrintButton />
      <div className="print-only">
        <h2>{title}</h2>
        <table className="approval-form">
          <tbody>
            {rows.map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{value}</td>
              </tr>
            ))}
            {signed.map((name) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  <div className="seal" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <p>{note}</p>
      </div>
    </div>
  );
}
